import { availableParallelism } from 'node:os';
import { checkIntegrator } from '../../../integrators/substeps.ts';
import { UserError } from '../../core/errors.ts';
import type { Potential } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import type { Backend } from '../backend.ts';
import { plainEvaluator } from '../plain/evaluator.ts';
import { plainBackend } from '../plain/plainBackend.ts';
import { steppingEngine } from '../stepping/engine.ts';
import { evaluator } from '../stepping/evaluator.ts';
import { liveFrom } from '../stepping/system.ts';
import { type Device, hasKernel, kernelFor } from './device.ts';
import { createTeam, type Team } from './team.ts';

/**
 * f64 on `threads` threads (one for each core by default): expansions and embedded atoms by WebAssembly kernels; every other
 * potential by its own `evaluate` in this thread, as on `plain`. Results do not depend on the number of threads, to the bit.
 */
export function wasmBackend(threads = availableParallelism()): Backend {
  return {
    kind: 'wasm',
    async prepare(potential, integrator, start) {
      checkIntegrator(integrator, start.structure, start.extended);
      if (!hasKernel(potential)) {
        const live = liveFrom(start, integrator);
        return steppingEngine(integrator, live, plainEvaluator(potential, live.structure));
      }
      const { team, device } = await openSystem(potential, start.structure, threads);
      const { positions, cell } = device.system;
      const live = liveFrom(start, integrator, { positions, cell });
      try {
        return steppingEngine(integrator, live, onDevice(team, device));
      } catch (error) {
        team.dispose();
        throw error;
      }
    },
    async evaluator(potential) {
      if (!hasKernel(potential)) return plainBackend.evaluator!(potential);
      const team = await createTeam(threads);
      const open = kernelFor(potential, team)!;
      return {
        async evaluate(s, want) {
          checkElements(potential, s);
          const device = open(s);
          device.system.positions.set(s.positions);
          device.system.cell.set(s.cell);
          return device.evaluate(want);
        },
        dispose: team.dispose,
      };
    },
  };
}

async function openSystem(potential: Potential, s: Structure, threads: number) {
  checkElements(potential, s);
  // A couple of atoms is the least that a thread can be given.
  const team = await createTeam(Math.max(1, Math.min(threads, Math.ceil(s.species.length / 2))));
  return { team, device: kernelFor(potential, team)!(s) };
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
