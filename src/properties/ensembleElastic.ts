import type { LearnablePotential } from '../../potentials/learnable.ts';
import type { Structure } from '../core/structure.ts';
import { vectorEntropy } from '../uncertainty/vectorEntropy.ts';
import { type Elastic, type ElasticOptions, elasticTensor } from './elasticTensor.ts';
import { type Evaluates, memberPotentials, plainly } from './evaluates.ts';
import { allowedTensors, type Constant, independentConstants } from './mandel.ts';
import { type Relaxation, type RelaxOptions, relax } from './relax.ts';
import { type Symmetry, symmetryOf } from './symmetry.ts';

/** Elastic constants of a crystal at its own equilibrium. */
export interface CrystalElastic {
  readonly relaxation: Relaxation;
  /** With atoms settled in every strained cell. */
  readonly relaxed: Elastic;
  /** With atoms carried along by the strain. */
  readonly clamped: Elastic;
}

export interface CrystalOptions extends Omit<ElasticOptions, 'relaxed'> {
  /** How the crystal itself is relaxed. */
  readonly crystal?: Omit<RelaxOptions, 'cell'>;
}

const TIGHT = { force: 1e-5, stress: 1e-4 } as const;

/** Relaxes cell and ions and strains what comes out. */
export async function crystalElastic(
  evaluates: Evaluates,
  start: Structure,
  symmetry: Symmetry,
  options: CrystalOptions = {},
): Promise<CrystalElastic> {
  const relaxation = await relax(evaluates, start, { ...TIGHT, ...options.crystal, cell: true });
  const { structure } = relaxation;
  return {
    relaxation,
    relaxed: await elasticTensor(evaluates, structure, symmetry, options),
    clamped: await elasticTensor(evaluates, structure, symmetry, { ...options, relaxed: false }),
  };
}

/** What an ensemble says of a crystal's elasticity. */
export interface EnsembleElastic {
  readonly symmetry: Symmetry;
  /** The constants that the symmetry leaves free. */
  readonly constants: readonly Constant[];
  /** Of the potential that drives: the fit to all data. */
  readonly mean: CrystalElastic;
  /** Of every member at its own equilibrium. */
  readonly members: readonly CrystalElastic[];
}

export async function ensembleElastic(
  ensemble: LearnablePotential,
  start: Structure,
  options: CrystalOptions = {},
): Promise<EnsembleElastic> {
  const symmetry = symmetryOf(start);
  const { e0, mean } = ensemble.parameters;
  const driving = plainly(ensemble.withParameters({ e0, mean, members: [] }));
  const found = await crystalElastic(driving, start, symmetry, options);
  const members: CrystalElastic[] = [];
  // From the mean's equilibrium it is a few steps to each member's.
  for (const member of memberPotentials(ensemble))
    members.push(await crystalElastic(plainly(member), found.relaxation.structure, symmetry, options));
  const constants = independentConstants(allowedTensors(symmetry.rotations));
  return { symmetry, constants, mean: found, members };
}

/** GPa, the free constants of each tensor, [tensors × constants]. */
export function responses(tensors: readonly Elastic[], constants: readonly Constant[]): Float64Array {
  return Float64Array.from(tensors.flatMap(({ C }) => constants.map(({ place }) => C[place])));
}

/** GPa, by which responses are divided where entropies are compared from cycle to cycle. */
export const ENTROPY_SCALE = 1;

/** H of the free constants over the members, in units of `scale` (GPa): it falls as the ensemble learns. */
export function elasticEntropy(
  { members, constants }: Pick<EnsembleElastic, 'members' | 'constants'>,
  scale = ENTROPY_SCALE,
): number {
  const all = responses(
    members.map((m) => m.relaxed),
    constants,
  );
  return vectorEntropy(all, members.length, new Float64Array(constants.length).fill(scale));
}
