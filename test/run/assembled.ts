import type { Backend, Engine, Stop } from '../../src/backend/backend.ts';
import { readConfig } from '../../src/config/load.ts';
import { runSchema } from '../../src/config/schema.ts';
import { cloneMdState, type MdState } from '../../src/core/mdState.ts';
import { assembleRun } from '../../src/run/assemble.ts';
import { createRunDirectory, type RunDirectory } from '../../src/run/directory.ts';
import type { RunItem } from '../../src/run/items.ts';
import { onTheFly } from '../../src/run/onTheFly.ts';
import type { RunParts } from '../../src/run/parts.ts';
import { bench, type TinyConfig } from './tinyRun.ts';

/** A run in this process, taken apart. */
export function partsOf(config: TinyConfig): RunParts & { readonly directory: RunDirectory } {
  const b = bench(config);
  const directory = createRunDirectory(b.run);
  return { ...assembleRun(readConfig(runSchema, b.config).config, directory), directory };
}

export async function itemsOf(parts: RunParts): Promise<RunItem[]> {
  const items: RunItem[] = [];
  for await (const item of onTheFly(parts, undefined, new AbortController().signal)) items.push(item);
  return items;
}

/** What one engine went through between two pauses. */
export interface Stretch {
  readonly start: MdState;
  /** By step, wherever the engine came back with nothing to say. */
  readonly passed: Map<number, MdState>;
  stop: Stop | undefined;
}

/** A backend that notes in `stretches` what its engines go through. */
export function overseen(backend: Backend, stretches: Stretch[]): Backend {
  return {
    kind: backend.kind,
    async prepare(potential, integrator, start) {
      const engine = await backend.prepare(potential, integrator, start);
      const stretch: Stretch = { start: cloneMdState(start), passed: new Map(), stop: undefined };
      stretch.passed.set(start.step, stretch.start);
      stretches.push(stretch);
      return overseenEngine(engine, stretch);
    },
  };
}

function overseenEngine(engine: Engine, stretch: Stretch): Engine {
  return {
    async advance(steps, watch, signal) {
      const stop = await engine.advance(steps, watch, signal);
      stretch.stop = stop;
      if (stop.reason === 'finished') stretch.passed.set(stop.state.step, stop.state);
      return stop;
    },
    observe: () => engine.observe(),
    state: () => engine.state(),
    trusted: () => engine.trusted(),
    checks: () => engine.checks(),
    dispose: () => engine.dispose(),
  };
}
