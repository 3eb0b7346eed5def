import { kineticEnergy } from '../src/core/velocities.ts';
import { cellRescale } from './cellRescale.ts';
import { csvr } from './csvr.ts';
import { deform } from './deform.ts';
import { ornsteinUhlenbeck } from './langevin.ts';
import { chainEnergy, noseHooverChain } from './noseHooverChain.ts';
import type { Integrator, SubStep } from './substeps.ts';
import { drift, kick, type System } from './system.ts';
import { type WorkLedger, workLedger } from './work.ts';

/**
 * One step of `integrator` on `system` as a function, in f64. `evaluate` renews forces and virial at the positions as
 * they are then; those of the start state must be there before the first step.
 */
export function stepper(integrator: Integrator, system: System, evaluate: () => void): () => void {
  const work = workLedger(system);
  const moves = integrator.substeps.map((s) => move(s, integrator, system, work, evaluate));
  return () => {
    for (const go of moves) go();
    system.step++;
  };
}

function move(
  s: SubStep,
  integrator: Integrator,
  system: System,
  work: WorkLedger,
  evaluate: () => void,
): () => void {
  const dt = integrator.timestep;
  switch (s.kind) {
    case 'kick':
      return () => kick(system, s.fraction * dt);
    case 'drift':
      return () => drift(system, s.fraction * dt);
    case 'force':
      return () => {
        evaluate();
        work.settle();
      };
    case 'ornsteinUhlenbeck':
      return ornsteinUhlenbeck(s, integrator, system);
    case 'noseHooverChain':
      return noseHooverChain(s, integrator, system);
    case 'csvr':
      return csvr(s, integrator, system);
    case 'cellRescale':
      return cellRescale(s, integrator, system, work);
    case 'deform':
      return deform(s, integrator, system, work);
  }
}

/** eV: energy of the atoms, less heat and work they took in, plus what the chain holds. */
export function conservedQuantity(integrator: Integrator, system: System, potentialEnergy: number): number {
  const kinetic = kineticEnergy(system.masses, system.velocities);
  return potentialEnergy + kinetic - system.extended[0] + chainEnergy(integrator, system);
}
