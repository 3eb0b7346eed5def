/**
 * What every kernel does for one atom each time it runs, on a system laid out in one chunk: operations, of integers too (a multiplication
 * and addition are two), bytes that go through caches (tables, neighbours) and bytes that have to come from or go to memory, each array once.
 */
import type { AcePotential } from '../../../potentials/ace/ace.ts';
import { packSite } from '../../../potentials/ace/packSite.ts';
import { stageBytes } from '../../../potentials/ace/siteStages.wgsl.ts';
import { samplePairs } from '../../core/neighbours.ts';
import type { Potential } from '../../core/potential.ts';
import { ROOM } from '../../core/sortRows.wgsl.ts';
import type { Structure } from '../../core/structure.ts';
import { SKIN } from '../stepping/evaluator.ts';
import { planBins } from './binPlan.ts';
import { aceCosts } from './costs.ts';

export interface KernelCost {
  /** As its pipeline is called. */
  readonly kernel: string;
  /** With what it comes: every step, a list made anew, a check. */
  readonly when: 'step' | 'list' | 'check';
  readonly flops: number;
  readonly cacheBytes: number;
  readonly memoryBytes: number;
  /** Of one workgroup. */
  readonly workgroupBytes: number;
}

/** Means over atoms: neighbours within the cutoff, those listed, atoms looked at to list them. */
export interface Crowd {
  readonly neighbours: number;
  readonly listed: number;
  readonly candidates: number;
}

export function crowdOf(s: Structure, cutoff: number): Crowd {
  const n = s.species.length;
  const every = Math.ceil(n / 4000);
  const seen = Math.ceil(n / every);
  const { count, reach } = planBins(s, cutoff + SKIN);
  let [neighbours, listed] = [0, 0];
  samplePairs(s, cutoff + SKIN, every, (_i, _j, r) => {
    listed++;
    if (r < cutoff) neighbours++;
  });
  const share = count.reduce((part, c, x) => (part * (2 * reach[x] + 1)) / c, 1);
  return { neighbours: neighbours / seen, listed: listed / seen, candidates: n * share };
}

/** Means over the atoms of `s`, of steps by velocity Verlet. */
export function kernelCosts(potential: Potential, s: Structure): readonly KernelCost[] {
  const crowd = crowdOf(s, potential.cutoff);
  const ace = 'tables' in potential;
  return [
    ...(ace
      ? expansionCosts(potential as AcePotential, s, crowd)
      : potential.kind === 'eam'
        ? embeddedCosts(crowd)
        : [pairCost(crowd)]),
    ...MOTION,
    ...listCosts(crowd, ace),
    ...RECORDER,
  ];
}

const cost = (
  kernel: string,
  when: KernelCost['when'],
  [flops, memoryBytes, cacheBytes = 0]: readonly [flops: number, memory: number, cache?: number],
  workgroupBytes = 0,
): KernelCost => ({ kernel, when, flops, cacheBytes, memoryBytes, workgroupBytes });

/** The vector to a neighbour from its window and shift, its length, and whether that is within the cutoff. */
const DISTANCE = 8 + 21 + 6 + 7;
/** Of a cubic: the place in its bin, and of value and slope each. */
const [PLACE, VALUE, SLOPE] = [9, 6, 7];
/** Force, energy and half the virial of a pair. */
const SUMS = 4 + 2 + 3 + 18;
/** Row and window of the own atom; what is stored of it. */
const [OWN, RESULTS] = [8 + 16, 16 + 24];
const ENTRY = 8;
const WINDOW = 16;
const CUBIC = 16;

function pairCost({ neighbours, listed }: Crowd): KernelCost {
  const flops = listed * DISTANCE + neighbours * (3 + PLACE + VALUE + SLOPE + SUMS);
  return cost('pair forces', 'step', [
    flops,
    listed * ENTRY + OWN + RESULTS,
    listed * WINDOW + neighbours * CUBIC,
  ]);
}

function embeddedCosts({ neighbours, listed }: Crowd): KernelCost[] {
  return [
    cost('densities', 'step', [
      listed * DISTANCE + neighbours * (4 + PLACE + VALUE) + PLACE + VALUE + SLOPE,
      listed * ENTRY + OWN + 8,
      listed * WINDOW + neighbours * CUBIC + CUBIC,
    ]),
    cost('embedded atom forces', 'step', [
      listed * DISTANCE + neighbours * (7 + 3 * PLACE + VALUE + 3 * SLOPE + 4 + SUMS),
      listed * ENTRY + OWN + RESULTS + 8,
      listed * WINDOW + neighbours * (3 * CUBIC + 8),
    ]),
  ];
}

function expansionCosts(potential: AcePotential, s: Structure, crowd: Crowd): KernelCost[] {
  const room = stageBytes(packSite(potential));
  const share = s.elements.map((_, k) => s.species.filter((x) => x === k).length / s.species.length);
  const total = (...phases: readonly string[]) => {
    const sum = [0, 0, 0] as [number, number, number];
    s.elements.forEach((element, k) => {
      for (const c of aceCosts(potential, potential.elements.indexOf(element), crowd).phases)
        if (phases.includes(c.phase))
          [c.flops, c.memoryBytes, c.cacheBytes].forEach((x, q) => {
            sum[q] += share[k] * x;
          });
    });
    return sum;
  };
  return [
    cost('sites, sums', 'step', total('expand', 'mixing'), room),
    cost('sites, products', 'step', total('products', 'densities', 'backwards')),
    cost('sites, forces', 'step', total('unmixing', 'pairs')),
    cost('gather forces', 'step', total('gather')),
    ...(potential.projectionWidth > 0
      ? [cost('sites, projections', 'check', total('projections')), cost('grades', 'check', total('grade'))]
      : []),
  ];
}

/** Half a kick, and a drift in fixed point; half a kick; how far atoms went, with what a change of the cell takes off. */
const MOTION: readonly KernelCost[] = [
  cost('kick, drift', 'step', [7 + 3 + 3 * 16 + 6 + 9, 2 * 16 + 16 + 2 * 24 + 2 * 16]),
  cost('kick', 'step', [7, 2 * 16 + 16]),
  cost('displacements', 'step', [350, 16 + 16 + 24]),
];

/** Energies, and the state kept as trusted. */
const RECORDER: readonly KernelCost[] = [
  cost('energies', 'check', [12, 16 + 16 + 4]),
  cost('keep fixed', 'check', [0, 2 * 24]),
  cost('keep velocities', 'check', [0, 2 * 16]),
  cost('keep heat', 'check', [0, 2 * 4]),
];

function listCosts({ listed, candidates }: Crowd, reverse: boolean): KernelCost[] {
  const look = candidates * (DISTANCE + 2);
  const looked = candidates * (8 + 16 + WINDOW);
  const halvings = Math.ceil(Math.log2(listed + 1));
  const chain = (flops: number, memory: number, cache = 0) => [flops, memory, cache] as const;
  return [
    cost('bin', 'list', chain(140, 24 + 16 + 16 + 16 + 4, 12)),
    cost('scatter', 'list', chain(2, 16 + 4 + 8, 8)),
    cost('count pairs', 'list', chain(look, OWN + 16 + 8, looked)),
    cost('fill rows', 'list', chain(look + 8 * listed, listed * ENTRY + OWN + 16, looked)),
    cost('sort rows', 'list', chain(5 * listed ** 2, 2 * listed * ENTRY + 8), ENTRY * ROOM),
    ...(reverse
      ? [
          cost('find rows', 'list', chain(0, 8 + 4)),
          cost(
            'reverse slots',
            'list',
            chain(listed * (6 + 7 * halvings), listed * (ENTRY + 4) + 8, listed * (12 + ENTRY * halvings)),
          ),
        ]
      : []),
  ];
}
