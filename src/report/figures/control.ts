import { logAxis, timeUnit } from '../axes.ts';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { counted } from '../format.ts';
import { gradeThresholds, measureTraces } from '../measures.ts';
import type { RunData } from '../read/readRun.ts';
import { column } from '../read/table.ts';
import { countInfinite, thinTrace } from '../sampling.ts';
import { validationSummary } from '../summary.ts';
import { COLOUR } from '../theme.ts';
import {
  besideLayer,
  inUnit,
  type Layer,
  levelLayers,
  lineLayer,
  panel,
  pointLayer,
  stack,
} from './panel.ts';

/** The run without pausing beside the run that learned: uncertainty and force error against time. */
export function control(run: RunData): Figure | undefined {
  const time = column(run.control, 'time_fs');
  const learning = measureTraces(run)[0];
  const end = Math.max(...time.slice(-1), ...(learning?.time.slice(-1) ?? []));
  if (time.length === 0 || !(end > 0)) return undefined;
  const unit = timeUnit(end);
  const right = end / unit.size;
  const axes = { width: FULL_WIDTH, x: { title: `time (${unit.name})`, domain: [0, right] as const } };
  const grades = column(run.control, 'gamma_max');
  const select = gradeThresholds(run)?.select;
  const paused = learning ? thinTrace(inUnit(learning.time, unit), learning.max) : [];
  const without = thinTrace(inUnit(time, unit), grades);
  const grade = panel(
    {
      ...axes,
      height: 150,
      last: false,
      y: { title: 'γ max', log: logAxis([...grades, ...(learning?.max ?? []), ...(select ? [select] : [])]) },
    },
    [
      ...(select ? levelLayers(select, '', COLOUR.orange, right) : []),
      lineLayer(paused, COLOUR.blue),
      ...paused.slice(-1).map((p) => besideLayer(p, 'pausing', COLOUR.blue)),
      lineLayer(without, COLOUR.vermilion, 2),
      ...without.slice(-1).map((p) => besideLayer(p, 'never pausing', COLOUR.vermilion)),
    ],
  );
  const errors = column(run.control, 'force_rmse').map((e) => 1e3 * e);
  const before = run.history.pauses.flatMap((p) =>
    p.before ? [{ x: p.time / unit.size, y: 1e3 * p.before.forceRmse, href: `#pause-${p.pause}` }] : [],
  );
  const fresh = validationSummary(run)?.generations.at(-1)?.forceRmse;
  const force = panel(
    {
      ...axes,
      height: 150,
      last: true,
      y: {
        title: 'force RMSE (meV/Å)',
        log: logAxis([...errors, ...before.map((p) => p.y), ...(fresh ? [1e3 * fresh] : [])]),
      },
    },
    [
      ...(fresh ? levelLayers(1e3 * fresh, 'fresh frames', COLOUR.blue, right) : []),
      ...(before.length > 0 ? [pointLayer(before, COLOUR.blue, { size: 30 })] : []),
      lineLayer(thinTrace(inUnit(time, unit), errors), COLOUR.vermilion, 2),
    ] as Layer[],
  );
  return {
    id: 'control',
    title: 'What happens without pausing',
    caption: caption(run, countInfinite(grades)),
    spec: stack([grade, force]),
  };
}

function caption(run: RunData, lost: number): string {
  const outcome = validationSummary(run)?.control?.outcome;
  return [
    `Orange-red: the same run with the starting ensemble, never pausing, its forces compared with the reference along the way${outcome ? ` (${outcome})` : ''}.`,
    'Blue: the run that paused and learned; its dots are the errors found at each pause before learning.',
    gradeThresholds(run) ? 'Dashed, above: select.' : '',
    lost > 0 ? `Not drawn: ${counted(lost, 'grade')} that ${lost === 1 ? 'was' : 'were'} infinite.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
