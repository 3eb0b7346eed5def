import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import type { LearnablePotential } from '../../potentials/learnable.ts';
import { UserError } from '../core/errors.ts';
import { entry } from '../core/registry.ts';
import { atomCount } from '../core/structure.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { trainSchema } from '../learn/schema.ts';
import { readDataset } from '../run/datasetFile.ts';
import { learningCurve, type Viewed } from '../select/learningCurve.ts';
import { byLot } from '../select/random.ts';
import { strategies } from '../select/registry.ts';
import { viewOf } from '../select/sight.ts';
import { MADE_POOLS, madeFrames } from './pools.ts';
import { type Curves, selectionFindings } from './selectionFindings.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    seeds: z.int().min(2).default(5).describe('repetitions with other starting structures'),
    pool: z.int().min(20).default(120).describe('structures to choose from'),
    test: z.int().min(5).default(40).describe('structures to test on'),
    batch: z.int().min(1).default(8).describe('structures chosen in a round'),
    rounds: z.int().min(1).default(5).describe('rounds'),
    functions: z.int().min(10).default(100).describe('basis functions of an element, about'),
    pools: z.array(z.string()).optional().describe('names of the pools; all if absent'),
    strategies: z
      .array(z.enum(strategies.entries.map((e) => e.kind) as [string, ...string[]]))
      .default(strategies.entries.map((e) => e.kind).filter((kind) => kind !== 'informationMatching'))
      .describe('to be compared with choice by lot; informationMatching takes much longer than the others'),
  })
  .describe('learning curves of the selection strategies on pools of C, Si, Fe, TiO₂ and on real data');
type Options = z.output<typeof schema>;

/** Real data beside the made ones, and where below the data folder they lie. */
const REAL_POOLS = [
  {
    name: 'Si, DFT',
    elements: ['Si'],
    crystal: { prototype: 'diamond', element: 'Si', a: '5.47 Å' },
    cutoff: '5 Å',
    pool: 'mlearn/Si.training.xyz',
    test: 'mlearn/Si.test.xyz',
  },
  {
    name: 'Mo, DFT',
    elements: ['Mo'],
    crystal: { prototype: 'bcc', element: 'Mo', a: '3.16 Å' },
    cutoff: '5 Å',
    pool: 'mlearn/Mo.training.xyz',
    test: 'mlearn/Mo.test.xyz',
  },
  {
    name: 'Cu, DFT',
    elements: ['Cu'],
    crystal: { prototype: 'fcc', element: 'Cu', a: '3.63 Å' },
    cutoff: '5.5 Å',
    pool: 'Cu_df2_1k.xyz',
  },
  {
    name: 'W, DFT',
    elements: ['W'],
    crystal: { prototype: 'bcc', element: 'W', a: '3.18 Å' },
    cutoff: '5 Å',
    pool: 'W/PRM2020.xyz',
  },
] as const;

/** eV/Å; frames with larger forces are no part of what potentials are asked for. */
const LARGEST_FORCE = 20;
/** Larger cells of the real sets are left out, so that a pool fits into memory. */
const LARGEST_CELL = 70;

interface Task {
  readonly name: string;
  readonly untrained: LearnablePotential;
  /** Whose properties strategies may be told to be wanted. */
  readonly crystal: object;
  readonly pool: readonly LabelledFrame[];
  readonly test: readonly LabelledFrame[];
}

export const selection = entry<Study, typeof schema>({
  kind: 'selection',
  schema,
  create: (options) => ({ run: (context) => study(context.short ? shortened(options) : options, context) }),
});

function shortened(o: Options): Options {
  return { ...o, seeds: 2, pool: 40, test: 10, batch: 4, rounds: 2 };
}

/** Choice by lot is always among them: the others are measured by it. */
function kindsOf(o: Options): string[] {
  return [...new Set(['random', ...o.strategies])];
}

/** What a strategy has to be told of a pool. */
function wishes(kind: string, { crystal }: Task): object {
  return kind === 'informationMatching' ? { crystals: [crystal] } : {};
}

async function study(o: Options, context: StudyContext): Promise<StudyOutput> {
  const found: Record<string, Curves> = {};
  for (const task of tasks(o, context)) {
    const { untrained } = task;
    const viewed = (frames: readonly LabelledFrame[]): Viewed => ({
      frames,
      views: frames.map((f) => viewOf(f.structure, untrained)),
    });
    const rehearsal = {
      pool: viewed(task.pool),
      test: viewed(task.test),
      untrained,
      train: trainSchema.parse({}),
      start: o.batch,
      batch: o.batch,
      rounds: o.rounds,
    };
    found[task.name] = Object.fromEntries(
      kindsOf(o).map((kind) => {
        const strategy = strategies.create(strategies.schema.parse({ kind, ...wishes(kind, task) }));
        const curves = Array.from({ length: o.seeds }, (_, k) => {
          context.signal.throwIfAborted();
          return learningCurve(strategy, k + 1, rehearsal);
        });
        context.progress(`${task.name}: ${kind}`);
        return [kind, curves];
      }),
    );
  }
  return selectionFindings(found, o.seeds);
}

function* tasks(o: Options, { data, short, progress }: StudyContext): Generator<Task> {
  for (const make of short ? MADE_POOLS.slice(1, 2) : MADE_POOLS) {
    const made = make();
    if (!isWanted(o, made)) continue;
    progress(`${made.name}: labelling ${o.pool + o.test} structures`);
    const pool = madeFrames(made, o.pool, 1);
    const { name, crystal } = made;
    yield { name, crystal, untrained: model(made, o), pool, test: madeFrames(made, o.test, 2) };
  }
  if (data === undefined || short) return;
  for (const real of REAL_POOLS.filter((r) => isWanted(o, r))) {
    const file = join(data, real.pool);
    if (!existsSync(file)) throw new UserError(`${file}: is not there; give --data the folder that holds it`);
    const frames = shuffled(readDataset(file).filter(usable));
    const pool = frames.slice(0, o.pool);
    const rest = 'test' in real ? readDataset(join(data, real.test)).filter(usable) : frames.slice(o.pool);
    const { name, crystal } = real;
    yield { name, crystal, untrained: model(real, o), pool, test: shuffled(rest).slice(0, o.test) };
  }
}

function isWanted(o: Options, { name }: { readonly name: string }): boolean {
  return o.pools === undefined || o.pools.includes(name);
}

function usable({ structure, label }: LabelledFrame): boolean {
  const largest = label.forces.reduce((most, f) => Math.max(most, Math.abs(f)), 0);
  return atomCount(structure) > 1 && atomCount(structure) <= LARGEST_CELL && largest < LARGEST_FORCE;
}

function shuffled<T>(all: readonly T[]): T[] {
  return byLot(all.length, all.length, 1, 3).map((k) => all[k]);
}

function model(
  { elements, cutoff }: { readonly elements: readonly string[]; readonly cutoff: string },
  { functions: functionsPerElement }: Options,
): LearnablePotential {
  return createAce(aceRequestSchema.parse({ elements, cutoff, functionsPerElement }));
}
