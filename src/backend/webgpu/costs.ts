import type { AcePotential } from '../../../potentials/ace/ace.ts';
import { type PhaseCost, type Surroundings, siteCosts } from '../../../potentials/ace/siteCosts.ts';
import { productCost } from '../../uncertainty/products.wgsl.ts';

export interface DeviceCost extends Omit<PhaseCost, 'phase'> {
  readonly phase: PhaseCost['phase'] | 'grade';
}

export interface AceCosts {
  /** One evaluation of forces, phase by phase and in all. */
  readonly phases: readonly DeviceCost[];
  readonly forces: Omit<DeviceCost, 'phase'>;
  /** One extrapolation grade: projections, from products that are there still, and their product with the active set. */
  readonly grade: Omit<DeviceCost, 'phase'>;
}

/** What forces and grades cost for one atom of species `a`, counted from the tables. */
export function aceCosts(potential: AcePotential, a: number, around: Surroundings): AceCosts {
  const phases: readonly DeviceCost[] = [
    ...siteCosts(potential, a, around),
    { phase: 'grade', memoryBytes: 4 * potential.projectionWidth, ...gradeCost(potential, a) },
  ];
  const sum = (of: (phase: DeviceCost['phase']) => boolean) =>
    phases
      .filter((c) => of(c.phase))
      .reduce(
        (all, c) => ({
          flops: all.flops + c.flops,
          cacheBytes: all.cacheBytes + c.cacheBytes,
          memoryBytes: all.memoryBytes + c.memoryBytes,
        }),
        { flops: 0, cacheBytes: 0, memoryBytes: 0 },
      );
  const again = ['projections', 'grade'];
  return {
    phases,
    forces: sum((phase) => phase !== 'projections' && phase !== 'grade'),
    grade: sum((phase) => again.includes(phase)),
  };
}

function gradeCost({ tables }: AcePotential, a: number) {
  const size = tables.centres[a].functionCount;
  return productCost(size, size);
}
