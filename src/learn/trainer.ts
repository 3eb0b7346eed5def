import type { LearnablePotential, Parameters } from '../../potentials/learnable.ts';
import type { Crew } from '../core/crew.ts';
import { UserError } from '../core/errors.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { ActiveSet } from './activeSet.ts';
import { activeSetBuilder } from './activeSetBuilder.ts';
import { createAlgebra, type KernelChoice, newFactor } from './algebra.ts';
import { corePriorRows } from './corePrior.ts';
import type { LabelledFrame } from './dataset.ts';
import { checkFrame, environments, type FrameRows, frameRows, weightedRows } from './designMatrix.ts';
import { fittedE0, givenE0 } from './e0.ts';
import { bootstrapAnchor, bootstrapWeight, memberBasis, posteriorMember, restrictTo } from './ensemble.ts';
import type { ErrorSummary } from './errors.ts';
import { evidenceLambda } from './evidence.ts';
import { type LocalSets, localBuilders } from './localSets.ts';
import { HELD_ROWS } from './memory.ts';
import { physicsCheck, type Verdict } from './physicsCheck.ts';
import { popsBox, popsMember } from './pops.ts';
import { solveRidge } from './ridge.ts';
import { rowSketch } from './rowSketch.ts';
import type { TrainOptions } from './schema.ts';
import type { Factor } from './solve.ts';
import { trainingErrors } from './trainingErrors.ts';
import { type RowWeights, rowWeights } from './weights.ts';

/** What the ensemble is after learning. */
export interface Training<P extends LearnablePotential = LearnablePotential> {
  readonly potential: P;
  readonly activeSet: ActiveSet;
  /** Where `activeSet.clusters` asks for them. */
  readonly localSets?: readonly LocalSets[];
  /** Over all frames learned so far. */
  readonly errors: ErrorSummary;
  /** Frames learned so far. */
  readonly frames: number;
  /** Rows of the least-squares problem with a weight above zero. */
  readonly rows: number;
  /** λ of the smoothness prior. */
  readonly regularisation: number;
  /** Environments offered to the active sets, all elements. */
  readonly environments: number;
  /** Whether a simulation may go on with it. */
  readonly checks: Verdict;
}

/** A potential in training. The same sequence of `learn` calls gives bitwise the same results. */
export interface Trainer<P extends LearnablePotential = LearnablePotential> {
  /**
   * Adds frames and refits the whole ensemble; the cost does not grow with the frames learned before.
   * E₀ is settled by the first call and never changes, because rows already taken in depend on it.
   * Throws a UserError for labels that are missing or not finite; then nothing has been learned.
   */
  learn(frames: readonly LabelledFrame[]): Training<P>;
  /** Bytes that its linear algebra has taken so far; see `trainerBytes`. */
  readonly bytes: number;
  /** Ends its threads; they end with the process, too. */
  dispose(): void;
}

/** How training computes; see `Algebra`. */
export interface TrainerKernels {
  readonly kernels?: KernelChoice;
  /** All cores, up to nine. */
  readonly threads?: number;
}

/** `known`: environments of each element that count as seen though no frame of them is given, row-major [count × functions]. */
export function createTrainer<P extends LearnablePotential>(
  options: TrainOptions,
  untrained: Omit<LearnablePotential, 'withParameters'> & { withParameters(parameters: Parameters): P },
  known: readonly Float64Array[] = [],
  { kernels = 'wasm', threads }: TrainerKernels = {},
): Trainer<P> {
  const { elements, functionCount: K, functionOffsets, roughness } = untrained;
  const { kind, members, seed, fraction } = options.ensemble;
  const width = K + 1;
  const algebra = createAlgebra(kernels, width, threads);
  const { append, appendAll, merge, ridge } = algebra;
  const all = newFactor(algebra, width);
  const factors = () => Array.from({ length: members }, () => newFactor(algebra, width));
  const weighted: Factor[] = kind === 'bootstrap' ? factors() : [];
  const restricted: Factor[] = kind === 'randomBasis' ? factors() : [];
  const sketch = kind === 'pops' ? rowSketch(algebra, width, seed) : undefined;
  const sizes = elements.map((_, k) => functionOffsets[k + 1] - functionOffsets[k]);
  const sets = elements.map((e, k) => activeSetBuilder(e, sizes[k], options.activeSet, algebra));
  const local = localBuilders(elements, sizes, options.activeSet, algebra);
  const meet = (environments: readonly Float64Array[]) =>
    environments.forEach((rows, k) => {
      for (const set of [sets[k], ...(local ? [local[k]] : [])]) set.offer(rows, rows.length / sizes[k]);
    });
  meet(known);
  const errors = trainingErrors(algebra, width);
  let e0: Float64Array | undefined;
  let frameCount = 0;
  const core = options.corePrior ? corePriorRows(untrained) : { count: 0, values: new Float64Array(0) };
  for (const factor of [all, ...weighted]) append(factor, core, 1);
  let rowCount = core.count;
  let lastLambda: number | undefined;

  /** `meanwhile` finds all rows in `all` and touches no factor of a member. */
  function takeRows(frame: LabelledFrame, rows: FrameRows, meanwhile: () => void): void {
    const weights = rowWeights(frame, options.weights);
    errors.add(rows);
    sketch?.add(rows.forces, weights.force);
    sketch?.add(rows.energy, weights.energy);
    sketch?.add(rows.stress, weights.stress);
    if (weights.force > 0) rowCount += rows.forces.count;
    if (weights.energy > 0) rowCount += rows.energy.count;
    if (weights.stress > 0) rowCount += rows.stress.count;
    const scales = weighted.map((_, m) => Math.sqrt(bootstrapWeight(seed, m, frameCount)));
    const count = rows.forces.count + rows.energy.count + rows.stress.count;
    if (count < width) takeFew(rows, weights, scales, meanwhile);
    else takeMany(rows, weights, scales, meanwhile);
    frameCount++;
    if (errors.held > HELD_ROWS) errors.at(refitMean().mean);
  }

  /** Rows fewer than columns go to every factor as they are. */
  function takeFew(
    rows: FrameRows,
    weights: RowWeights,
    scales: readonly number[],
    meanwhile: () => void,
  ): void {
    const own = weightedRows(rows, weights, width);
    appendAll([
      { into: all, rows: own, weight: 1 },
      { into: errors.force, rows: rows.forces, weight: 1 },
    ]);
    appendAll(
      weighted.map((into, m) => ({ into, rows: own, weight: scales[m] })),
      meanwhile,
    );
  }

  /** Rows more than columns are made a factor of their own first. */
  function takeMany(
    rows: FrameRows,
    weights: RowWeights,
    scales: readonly number[],
    meanwhile: () => void,
  ): void {
    algebra.lend((doubles) => {
      const forces = newFactor({ doubles }, width);
      append(forces, rows.forces, 1);
      const own = newFactor({ doubles }, width);
      merge([{ into: own, from: forces, scale: weights.force }]);
      append(own, rows.energy, weights.energy);
      append(own, rows.stress, weights.stress);
      merge([
        { into: all, from: own, scale: 1 },
        { into: errors.force, from: forces, scale: 1 },
      ]);
      merge(
        weighted.map((into, m) => ({ into, from: own, scale: scales[m] })),
        meanwhile,
      );
    });
  }

  /** The fit to all rows. */
  function refitMean() {
    const fixed = options.regularisation;
    const lambda =
      fixed === 'evidence' ? evidenceLambda(algebra, all, roughness, rowCount, lastLambda) : fixed;
    lastLambda = lambda;
    const [mean] = ridge([{ data: all, roughness, lambda }]);
    return { lambda, mean: mean.coefficients, sigma: Math.sqrt(mean.objective / rowCount) };
  }

  /** The members, drawn while `meanwhile` goes on. */
  function draw<T>(
    { lambda, mean, sigma }: ReturnType<typeof refitMean>,
    meanwhile: () => T,
  ): T & { drawn: Float64Array[] } {
    if (sketch) return { ...meanwhile(), drawn: popsMembers(lambda, mean) };
    if (kind === 'posterior') {
      const fit = solveRidge(all, roughness, lambda);
      const drawn = Array.from({ length: members }, (_, m) => posteriorMember(fit, sigma, seed, m));
      return { ...meanwhile(), drawn };
    }
    const bases = restricted.map((_, m) => memberBasis(K, fraction, seed, m));
    for (const [m, into] of restricted.entries()) restrictTo(bases[m], all, into);
    const problems = [
      ...restricted.map((data) => ({ data, roughness, lambda })),
      ...weighted.map((data, m) => ({ data, roughness, lambda, anchor: bootstrapAnchor(K, sigma, seed, m) })),
    ];
    let result: T | undefined;
    const solved = ridge(problems, () => {
      result = meanwhile();
    });
    // What rounding leaves of a coefficient that is not there.
    const drawn = solved.map(({ coefficients: c }, m) => (bases[m] ? c.map((x, v) => x * bases[m][v]) : c));
    return { ...result!, drawn };
  }

  function popsMembers(lambda: number, mean: Float64Array): Float64Array[] {
    return algebra.lend((doubles) => {
      const [factor, prior] = [newFactor({ doubles }, width), newFactor({ doubles }, width)];
      factor.r.set(all.r);
      for (let v = 0; v < K; v++) prior.r[v * (width + 1)] = Math.sqrt(lambda) * roughness[v];
      merge([{ into: factor, from: prior, scale: 1 }]);
      const box = popsBox(sketch!, mean, factor, algebra);
      return Array.from({ length: members }, (_, m) => popsMember(box, mean, factor, seed, m));
    });
  }

  return {
    learn(frames) {
      if (frames.length === 0)
        throw new UserError('train: got no frames, must be at least one; label some structures first');
      for (const [k, frame] of frames.entries()) checkFrame(frame, `training frame ${frameCount + k + 1}`);
      const settled = e0 ?? firstE0(frames, options, untrained, algebra.crew);
      // Found out before anything is learned; those of many frames are not kept meanwhile.
      const checked = frames.map((frame) => {
        const seen = environments(frame, untrained);
        return frames.length === 1 ? seen : undefined;
      });
      e0 = settled;
      const offer = (f: number) => meet(checked[f] ?? environments(frames[f], untrained));
      const last = frames.length - 1;
      let fit: ReturnType<typeof refitMean> | undefined;
      frames.forEach((frame, f) => {
        takeRows(frame, frameRows(frame, untrained, settled, algebra.crew), () => {
          if (f === last) fit = refitMean();
          else offer(f);
        });
      });
      const { lambda, mean } = fit!;
      const { drawn, activeSet, localSets, found, checks } = draw(fit!, () => {
        offer(last);
        const activeSet = sets.map((set) => set.snapshot());
        const localSets = local?.map((set) => set.snapshot());
        const found = errors.at(mean);
        const driving = untrained.withParameters({ e0: settled, mean, members: [] });
        return {
          activeSet,
          localSets,
          found,
          checks: physicsCheck(driving, frames[0].structure, found, options.bounds),
        };
      });
      return {
        potential: untrained.withParameters({ e0: settled, mean, members: drawn }),
        activeSet,
        ...(localSets && { localSets }),
        errors: found,
        frames: frameCount,
        rows: rowCount,
        regularisation: lambda,
        environments: sets.reduce((sum, set) => sum + set.environments, 0),
        checks,
      };
    },
    get bytes() {
      return algebra.bytes;
    },
    dispose: algebra.dispose,
  };
}

/** E₀ as configured, or fitted to the faithful energies of the first frames without the model's own baseline. */
export function firstE0(
  frames: readonly LabelledFrame[],
  options: Pick<TrainOptions, 'e0'>,
  potential: LearnablePotential,
  crew?: Crew,
): Float64Array {
  if (options.e0 !== 'fit') return givenE0(options.e0, potential.elements);
  const energies = frames
    .filter((f) => f.faithful)
    .map(({ structure: s, label }) => ({
      structure: s,
      energy: label.energy - potential.rows(s, buildNeighbours(s, potential.cutoff), crew).baseline.energy,
    }));
  return fittedE0(energies, potential.elements);
}
