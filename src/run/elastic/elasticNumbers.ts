import { heights } from '../../core/cell.ts';
import { UserError } from '../../core/errors.ts';
import type { Bars } from '../../properties/elasticBars.ts';
import {
  type CrystalElastic,
  type EnsembleElastic,
  elasticEntropy,
} from '../../properties/ensembleElastic.ts';
import { type Moduli, moduli } from '../../properties/moduli.ts';
import type { ThermalElastic } from '../../properties/thermalElastic.ts';
import type { ElasticRound } from './learnElastic.ts';

/** All that is said about a crystal's elasticity, as JSON. GPa throughout. */
export interface ElasticNumbers {
  readonly title: string;
  readonly spaceGroup: { readonly number: number; readonly symbol: string };
  /** Å, rows, of the relaxed crystal. */
  readonly cell: readonly number[];
  /** Å, of the relaxed crystal: distances between opposite faces. */
  readonly heights: readonly number[];
  readonly constants: readonly ConstantNumbers[];
  /** 6×6 Voigt, row order, atoms settled. */
  readonly C: readonly number[];
  readonly clamped: readonly number[];
  readonly moduli: Moduli;
  /** 6×6 of every member; empty where there is no ensemble. */
  readonly members: readonly (readonly number[])[];
  /** Of the free constants over the members, in units of 1 GPa; absent without an ensemble. */
  readonly entropy?: number;
  /** Reference calculator's own tensor, where it was asked for. */
  readonly reference?: readonly number[];
  /** Isothermal constants at a temperature, where they were asked for. */
  readonly thermal?: ThermalNumbers;
  /** Why a number is not to be trusted: what did not converge. */
  readonly warnings: readonly string[];
  readonly labels?: number;
  readonly rounds?: readonly RoundNumbers[];
}

export interface ConstantNumbers {
  readonly name: string;
  readonly value: number;
  readonly clamped: number;
  /** Standard deviation over the members. */
  readonly spread?: number;
  /** Half the width of the 95 % interval; only where labels were set against the ensemble. */
  readonly bar?: number;
  readonly reference?: number;
}

export interface ThermalNumbers {
  /** K. */
  readonly temperature: number;
  readonly atoms: number;
  /** Voigt strain of the cell against the relaxed one. */
  readonly expansion: readonly number[];
  readonly C: readonly number[];
  /** Standard error of the mean of C over blocks. */
  readonly error: readonly number[];
  /** Free constants and their standard errors. */
  readonly constants: readonly { readonly name: string; readonly value: number; readonly error: number }[];
}

export interface RoundNumbers {
  readonly round: number;
  readonly labels: number;
  readonly generation: number;
  readonly amplitude: number;
  readonly entropy: number;
  readonly maxGrade: number;
  readonly observed: number | null;
  readonly values: readonly number[];
  readonly bars: readonly (number | null)[];
  readonly ended?: string;
}

export interface ElasticSource {
  readonly title: string;
  readonly found: EnsembleElastic;
  readonly bars?: Bars | undefined;
  readonly reference?: CrystalElastic | undefined;
  readonly thermal?: ThermalElastic | undefined;
  readonly rounds?: readonly ElasticRound[];
  readonly labels?: number;
}

export function elasticNumbers(source: ElasticSource): ElasticNumbers {
  const { title, found, reference, thermal, rounds, labels } = source;
  const { mean, members, symmetry } = found;
  const { cell } = mean.relaxation.structure;
  requireStiffness(mean);
  return {
    title,
    spaceGroup: { number: symmetry.number, symbol: symmetry.symbol },
    cell: [...cell],
    heights: heights(cell),
    constants: constantNumbers(source),
    C: [...mean.relaxed.C],
    clamped: [...mean.clamped.C],
    moduli: moduli(mean.relaxed.C),
    members: members.map(({ relaxed }) => [...relaxed.C]),
    ...(members.length > 1 && { entropy: elasticEntropy(found) }),
    ...(reference && { reference: [...reference.relaxed.C] }),
    ...(thermal && { thermal: thermalNumbers(thermal, found) }),
    warnings: [...warningsOf('', mean), ...members.flatMap((m, e) => warningsOf(`member ${e + 1}: `, m))],
    ...(labels !== undefined && { labels }),
    ...(rounds && { rounds: rounds.map((r) => roundNumbers(r)) }),
  };
}

/** Throws a UserError where there is nothing to speak of. */
function requireStiffness({ relaxation, relaxed }: CrystalElastic): void {
  const size = Math.hypot(...relaxed.C);
  if (Number.isFinite(size) && size > SOFTEST) return;
  const why = relaxation.failure ?? relaxed.failure ?? 'its atoms hardly feel each other';
  throw new UserError(
    `elastic: got a stiffness of ${size.toPrecision(2)} GPa, must be finite and above ${SOFTEST} (${why}); check the lattice parameter and the potential`,
    4,
  );
}

/** GPa, below which a solid is none. */
const SOFTEST = 1e-3;

function constantNumbers({ found, bars, reference }: ElasticSource): ConstantNumbers[] {
  const { mean, members, constants } = found;
  return constants.map(({ name, place }, k) => ({
    name,
    value: mean.relaxed.C[place],
    clamped: mean.clamped.C[place],
    ...(members.length > 1 && { spread: deviation(members.map((m) => m.relaxed.C[place])) }),
    ...(bars && Number.isFinite(bars.bar[k]) && { bar: bars.bar[k] }),
    ...(reference && { reference: reference.relaxed.C[place] }),
  }));
}

function thermalNumbers(
  { temperature, atoms, expansion, C, error }: ThermalElastic,
  { constants }: EnsembleElastic,
): ThermalNumbers {
  return {
    ...{ temperature, atoms },
    ...{ expansion: [...expansion], C: [...C], error: [...error] },
    constants: constants.map(({ name, place }) => ({ name, value: C[place], error: error[place] })),
  };
}

export function roundNumbers({ found, bars, ...r }: ElasticRound): RoundNumbers {
  const finite = (x: number) => (Number.isFinite(x) ? x : null);
  const { round, labels, generation, amplitude, entropy, maxGrade, ended } = r;
  return {
    ...{ round, labels, generation, amplitude, entropy, maxGrade },
    observed: finite(bars.observed),
    values: found.constants.map(({ place }) => found.mean.relaxed.C[place]),
    bars: Array.from(bars.bar, finite),
    ...(ended && { ended }),
  };
}

function warningsOf(who: string, { relaxation, relaxed }: CrystalElastic): string[] {
  return [relaxation.failure, relaxed.failure].flatMap((f) => (f === undefined ? [] : [who + f]));
}

/** Over the members. */
export function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
}
