import { availableParallelism } from 'node:os';
import { checkIntegrator, type Integrator } from '../../../integrators/substeps.ts';
import type { Bias } from '../../bias/bias.ts';
import { UserError } from '../../core/errors.ts';
import type { MdState } from '../../core/mdState.ts';
import type { Potential } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import type { Backend, Engine } from '../backend.ts';
import { plainBackend, plainEngine } from '../plain/plainBackend.ts';
import { biasedEvaluator } from '../stepping/biased.ts';
import { steppingEngine } from '../stepping/engine.ts';
import { evaluator } from '../stepping/evaluator.ts';
import { liveFrom } from '../stepping/system.ts';
import { type Device, hasKernel, kernelFor } from './device.ts';
import { type Composition, MANY_ATOMS } from './sharedSystem.ts';
import { createTeam, type Team } from './team.ts';

/**
 * f64 on `threads` threads (one for each core by default): expansions and embedded atoms by WebAssembly kernels; every other
 * potential by its own `evaluate` in this thread, as on `plain`. Results do not depend on the number of threads, to the bit.
 * Systems of `compactFrom` atoms or more take a seventh of the memory, and their forces are rounded to 2⁻⁴⁰ eV/Å.
 */
export function wasmBackend(threads = availableParallelism(), compactFrom = MANY_ATOMS): Backend {
  return {
    kind: 'wasm',
    describe: async () => `wasm, ${threads} thread${threads === 1 ? '' : 's'}`,
    async prepare(potential, integrator, start, bias) {
      checkIntegrator(integrator, start.structure, start.extended);
      if (!hasKernel(potential)) {
        return plainEngine(potential, integrator, liveFrom(start, integrator), bias);
      }
      return (await prepareOnDevice(potential, integrator, start, threads, compactFrom, bias)).engine;
    },
    async evaluator(potential) {
      if (!hasKernel(potential)) return plainBackend.evaluator!(potential);
      const team = await createTeam(threads);
      const open = kernelFor(potential, team, compactFrom)!;
      let opened: { readonly composition: Composition; readonly device: Device } | undefined;
      return {
        async evaluate(s, want) {
          checkElements(potential, s);
          // The same atoms again, as in a relaxation, keep their list.
          if (!opened || !isSame(opened.composition, s)) {
            const { elements, periodic } = s;
            opened = { composition: { elements, species: s.species.slice(), periodic }, device: open(s) };
          }
          const { device } = opened;
          device.system.positions.set(s.positions);
          device.system.cell.set(s.cell);
          return device.evaluate(want);
        },
        dispose: team.dispose,
      };
    },
  };
}

/** An engine and the device that it runs on, for a potential that has a kernel. */
export async function prepareOnDevice(
  potential: Potential,
  integrator: Integrator,
  start: MdState,
  threads: number,
  compactFrom = MANY_ATOMS,
  bias?: Bias,
): Promise<{ readonly engine: Engine; readonly device: Device }> {
  checkElements(potential, start.structure);
  // A couple of atoms is the least that a thread can be given.
  const couples = Math.ceil(start.structure.species.length / 2);
  const team = await createTeam(Math.max(1, Math.min(threads, couples)));
  try {
    const device = kernelFor(potential, team, compactFrom)!(start.structure);
    const { positions, cell } = device.system;
    const live = liveFrom(start, integrator, { positions, cell });
    const forces = onDevice(team, device);
    const driving = bias ? biasedEvaluator(forces, bias, potential, live.system.extended) : forces;
    return { engine: steppingEngine(integrator, live, driving), device };
  } catch (error) {
    team.dispose();
    throw error;
  }
}

function isSame(a: Composition, b: Composition): boolean {
  return (
    a.species.length === b.species.length &&
    a.periodic.every((p, x) => p === b.periodic[x]) &&
    a.elements.length === b.elements.length &&
    a.elements.every((e, k) => e === b.elements[k]) &&
    a.species.every((e, i) => e === b.species[i])
  );
}

function onDevice(team: Team, device: Device) {
  return evaluator({
    evaluate: device.evaluate,
    attend: (measures) => device.attend?.(measures) ?? false,
    grade: (measure, e, s) => device.grade?.(measure) ?? measure.grade(e, s),
    dispose: team.dispose,
  });
}

function checkElements({ kind, elements }: Potential, s: Structure): void {
  s.elements.forEach((symbol, k) => {
    if (!elements.includes(symbol) && s.species.includes(k))
      throw new UserError(
        `${kind}: got element ${symbol}, the potential knows ${elements.join(', ')}; use a potential that covers it`,
      );
  });
}
