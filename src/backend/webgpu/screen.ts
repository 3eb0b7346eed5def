import { f32 } from '../../core/each.wgsl.ts';
import type { Evaluation } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import type { NormRecipe, Recipe } from '../../uncertainty/recipe.ts';
import type { Uncertainty } from '../../uncertainty/uncertainty.ts';
import type { Watch, WatchedMeasure } from '../backend.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceForces } from './deviceForces.ts';
import type { Encode, Extras } from './extras.ts';
import type { BoundField } from './forceField.ts';
import { read } from './kernel.ts';
import { normGrades } from './normGrades.ts';
import { spreadGrades } from './spreadGrades.ts';

/** How far below `select` a grade in f32 calls for one in f64. */
export const MARGIN = 0.01;
/** Of the unit in which a measure counts, and of the grade: how far grades in f32 may be off; beyond, they are f64 on the CPU at every check. */
const TOLERANCE = MARGIN / 4;

/** Grades on the device that halt where one comes near `select`. What they call for is f64. */
export interface Screen {
  readonly watch: Watch;
  /** Grades the positions whose forces were just made. */
  encode(pass: GPUComputePassEncoder): void;
  /** The latest grades, by measure. */
  grades(): Promise<Map<Uncertainty, Float64Array>>;
  dispose(): void;
}

/** A measure, and what its kernel does with grades above `limit`. */
export interface Report {
  readonly measure: Uncertainty;
  readonly limit: number;
  readonly flag: string;
}

/** Measures that are graded together. */
export interface DeviceGrades {
  /** f32 [n] of each. */
  readonly grades: readonly (readonly [Uncertainty, GPUBuffer])[];
  /** Kernels over what a field gives. */
  bind(field: BoundField): Encode;
  dispose(): void;
}

/** Undefined where a measure that can stop the run is not one that the device computes. `room`: atoms whose projections fit at a time. */
export function screenFor(
  gpu: Gpu,
  forces: DeviceForces,
  s: Structure,
  width: number,
  watch: Watch,
  room?: number,
): Screen | undefined {
  const { extras } = forces.field();
  const screened = watch.measures.flatMap((w) => {
    const { recipe } = w.measure;
    return recipe && has(extras, recipe)
      ? [{ measure: w.measure, recipe, limit: (1 - MARGIN) * w.select, flag: verdict(w) }]
      : [];
  });
  const done = screened.map((w) => w.measure);
  if (done.length === 0 || watch.measures.some((w) => !done.includes(w.measure) && Number.isFinite(w.select)))
    return undefined;
  const norms = screened.flatMap((w) => (isNorm(w.recipe) ? [{ ...w, recipe: w.recipe }] : []));
  const parts = [
    ...(norms.length > 0 ? [normGrades(gpu, forces.system, s, width, norms, room)] : []),
    ...screened.filter((w) => !isNorm(w.recipe)).map((w) => spreadGrades(gpu, forces.system, w)),
  ];
  let boundTo: BoundField | undefined;
  let encodes: Encode[] = [];
  return {
    watch,
    encode(pass) {
      const field = forces.field();
      if (field !== boundTo) encodes = parts.map((part) => part.bind(field));
      boundTo = field;
      for (const encode of encodes) encode(pass);
    },
    async grades() {
      const all = parts.flatMap((part) => part.grades);
      const found = await read(gpu, ...all.map(([, buffer]) => buffer));
      return new Map(
        all.map(([measure], k) => [
          measure,
          Float64Array.from(new Float32Array(found[k]).subarray(0, s.species.length), (x) =>
            x < 3e38 ? x : Number.POSITIVE_INFINITY,
          ),
        ]),
      );
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}

function isNorm(recipe: Recipe): recipe is NormRecipe {
  return recipe.of === 'projections';
}

/** Whether a field gives what a recipe works on. */
function has(extras: Extras | undefined, recipe: Recipe): boolean {
  return (isNorm(recipe) ? extras?.projections : extras?.members) !== undefined;
}

/** WGSL that tells of `grade`, which is above (1 − MARGIN)·select, what it means. */
export function verdict({ select, pause }: Pick<WatchedMeasure, 'select' | 'pause'>): string {
  const beyond = (limit: number, yes: string, no: string) =>
    Number.isFinite(limit) ? `select(${no}, ${yes}, grade > ${f32(limit)})` : no;
  if (!Number.isFinite(select)) return '';
  const flagged = beyond((1 + MARGIN) * select, `${at.FLAGGED}u`, `${at.DOUBTFUL}u`);
  return `atomicMax(&flags[${at.SEEN}], ${beyond((1 - MARGIN) * pause, `${at.STOP}u`, flagged)});`;
}

/** Whether f32 is enough for these sets: on the device the grades that the truth `e` has, or nearly. */
export async function trustworthy(screen: Screen, e: Evaluation, s: Structure): Promise<boolean> {
  const seen = await screen.grades();
  return screen.watch.measures.every(({ measure, select }) => {
    const grades = seen.get(measure);
    const truth = grades ? measure.grade(e, s) : [];
    const unit = Math.min(1, select);
    return truth.every((x, i) => grades![i] === x || Math.abs(grades![i] - x) <= TOLERANCE * (unit + x));
  });
}
