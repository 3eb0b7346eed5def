import { atomCount } from '../core/structure.ts';
import { removeUnfinished } from '../io/durable.ts';
import { formatXyz } from '../io/writeXyz.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { openCsv } from './csvSeries.ts';
import { formatDatasetFrame } from './datasetFile.ts';
import { numbered, type RunDirectory } from './directory.ts';
import type { RunEvent } from './events.ts';
import type { RunItem, RunMaterial } from './items.ts';
import { appendEvent, mendLedger } from './ledger.ts';
import { storeModel } from './modelFolder.ts';
import { keepCut, keepLabel, keepPausedFrame } from './pauseFolder.ts';
import { dropEventsAfter, keepEvent, keepEventLabel } from './rareEvents/eventFolder.ts';
import { isShared } from './sharing.ts';
import { CURVE_COLUMNS, curveRow } from './strain/curve.ts';
import { openThermo } from './thermoFile.ts';
import { openXyzSeries } from './xyzSeries.ts';

/** Keeps what a run hands over in the files of its directory. The checkpoint is the only commit point. */
export interface RunRecord {
  /** Must be called with every item, in order. */
  keep(item: RunItem): void;
  /** Where a killed run left off; undefined where nothing had been committed. */
  readonly checkpoint: Checkpoint | undefined;
}

type Keepers = { [T in RunMaterial['type']]: (item: Extract<RunMaterial, { type: T }>) => void };

/** Opens the files of a directory and takes back what lies behind its checkpoint. */
export function openRecord(directory: RunDirectory): RunRecord {
  const ledger = directory.path('ledger.jsonl');
  const thermo = openThermo(directory.path('thermo.csv'));
  const curve = openCsv(directory.path('strain.csv'));
  const trajectory = openXyzSeries(directory.path('trajectory.xyz'), 'step');
  const dataset = openXyzSeries(directory.path('dataset.xyz'), 'frame');
  const checkpoint = readCheckpoint(directory.path('checkpoint.json'));
  // Every start at step 0 samples it, so that what was sampled there before is taken back too.
  const rewind = (step: number) => {
    for (const file of [thermo, curve, trajectory]) file.rewind(step === 0 ? -1 : step);
  };
  let frames = checkpoint?.datasetFrames ?? 0;
  let events = checkpoint?.ledgerEvents ?? 0;
  mendLedger(ledger);
  removeUnfinished(directory.root);
  removeUnfinished(directory.path('pauses', numbered((checkpoint?.pauses ?? 0) + 1)));
  dropEventsAfter(directory, checkpoint?.events ?? 0);
  rewind(checkpoint?.state.step ?? -1);
  dataset.rewind(frames);

  const keepers: Keepers = {
    sampled: (item) => thermo.append(item),
    framed: (item) => trajectory.append(item.state.step, formatFrame(item)),
    strained: ({ point }) => curve.append(CURVE_COLUMNS, curveRow(point)),
    rewound: ({ step }) => rewind(step),
    pausedFrame: (item) => keepPausedFrame(directory, item),
    cutFrame: (item) => keepCut(directory, item),
    learnt: (item) => {
      frames++;
      dataset.append(frames, formatDatasetFrame(frames, item.frame));
      if (isShared(item.frame)) return;
      if (item.event !== undefined) keepEventLabel(directory, item.event, item);
      else if (item.pause > 0) keepLabel(directory, item);
    },
    recorded: (item) => keepEvent(directory, item),
    modelled: ({ generation, model }) => storeModel(directory.path('models', numbered(generation)), model),
    committed: ({ progress }) => {
      for (const file of [thermo, curve, trajectory, dataset]) file.sync();
      writeCheckpoint(directory.path('checkpoint.json'), {
        ...progress,
        datasetFrames: frames,
        ledgerEvents: events,
      });
    },
  };

  return {
    checkpoint,
    keep(item) {
      const keeper = keepers[item.type as RunMaterial['type']] as ((item: RunItem) => void) | undefined;
      if (keeper) return keeper(item);
      if (item.type === 'progress') return;
      appendEvent(ledger, item as RunEvent);
      events++;
    },
  };
}

function formatFrame({ state, time, grades }: Extract<RunMaterial, { type: 'framed' }>): string {
  const { structure, velocities, step } = state;
  const columns = { velo: velocities, ...(grades.length === atomCount(structure) ? { gamma: grades } : {}) };
  return formatXyz({ structure, info: { step, time }, columns });
}
