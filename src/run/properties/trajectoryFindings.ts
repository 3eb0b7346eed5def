import type { DataTable } from '../../report/dataTable.ts';
import type { Figure } from '../../report/figure.ts';
import { displacement } from '../../report/figures/displacement.ts';
import { pairDistribution } from '../../report/figures/pairDistribution.ts';
import { simulationTime } from '../../report/format.ts';
import type { Trajectory } from '../../report/read/trajectory.ts';
import type { TrajectoryNumbers } from './trajectoryNumbers.ts';

/** Table and figures of a trajectory. */
export function trajectoryFindings(
  t: TrajectoryNumbers,
  trajectory: Trajectory,
): { readonly tables: DataTable[]; readonly figures: Figure[] } {
  const numeric = true;
  const { shell, diffusion } = t;
  const length = t.length === null ? '' : `, ${simulationTime(t.length)}`;
  const why = t.length === null ? 'the file states no times' : 'too few frames';
  return {
    tables: [
      {
        caption: `In motion: ${t.frames} frames of ${t.atoms} atoms${length}. ± is the interval of 95 % over five parts of it.`,
        heads: [{ text: '' }, { text: 'unit' }, { text: 'value', numeric }, { text: '± 95 %', numeric }],
        rows: [
          ...(shell
            ? [
                ['first peak of g(r)', 'Å', shell.distance.toFixed(2), ''],
                ['its height', '', shell.height.toFixed(2), ''],
                ['neighbours within', '', shell.neighbours.toFixed(2), ''],
              ]
            : [['first peak of g(r)', 'Å', 'none', '']]),
          ...(diffusion?.map((d) => [
            `self-diffusion of ${d.element}`,
            '10⁻⁹ m²/s',
            d.value.toFixed(3),
            d.bar.toFixed(3),
          ]) ?? [['self-diffusion', '10⁻⁹ m²/s', why, '']]),
        ],
      },
    ],
    figures: [pairDistribution({ trajectory }), displacement({ trajectory })].filter((f) => f !== undefined),
  };
}
