import { UserError } from '../../core/errors.ts';
import type { Evaluation, Potential, Quantity } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import type { FrameEvaluator } from '../backend.ts';
import { DeviceLost, type Gpu } from './device.ts';
import { deviceForces, evaluateOnDevice } from './deviceForces.ts';
import { forceFieldFor } from './forceField.ts';

/** Å: what may have gone farther between two evaluations is told apart from its image in the windows by nothing but the host. */
const LEAP = 64;
/** Å: bins allow for the rounding of coordinates so much larger than when they were planned. */
const FARTHER = 1000;

/**
 * Energies and forces of structures one after the other. Tables, arrays, kernels and list stay on the device as long as the atoms are the
 * same, wherever they and their cell go; other atoms, and what the tables do not reach, are laid out anew.
 */
export function deviceEvaluator(gpu: Gpu, potential: Potential): FrameEvaluator {
  let layout: Layout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const drop = () => {
    layout?.dispose();
    layout = undefined;
  };

  async function evaluate(s: Structure, want: readonly Quantity[]): Promise<Evaluation> {
    if (layout?.serves(s)) {
      layout.move(s);
      try {
        return await layout.evaluate(s, want);
      } catch (error) {
        // Tables may have been made for thinner surroundings; where a new layout says the same, the user hears of it.
        if (!(error instanceof UserError) || error instanceof DeviceLost) throw error;
      }
    }
    drop();
    try {
      layout = layOut(gpu, potential, s);
      return await layout.evaluate(s, want);
    } catch (error) {
      drop();
      throw error;
    }
  }

  return {
    evaluate(s, want) {
      const mine = turn.then(() => evaluate(s, want));
      turn = mine.catch(() => {});
      return mine;
    },
    dispose() {
      drop();
      gpu.dispose();
    },
  };
}

interface Layout {
  serves(s: Structure): boolean;
  move(s: Structure): void;
  evaluate(s: Structure, want: readonly Quantity[]): Promise<Evaluation>;
  dispose(): void;
}

function layOut(gpu: Gpu, potential: Potential, s: Structure): Layout {
  const field = forceFieldFor(gpu, potential, s);
  const forces = within(field, () => deviceForces(gpu, potential, field, s));
  const { system } = forces;
  const farthest = extent(s.positions);
  let last = s.positions.slice();
  system.upload(s.positions);
  return {
    serves: (next) => sameAtoms(s, next) && extent(next.positions) <= farthest + FARTHER,
    move({ positions, cell }) {
      system.setCell(cell);
      if (positions.every((x, k) => Math.abs(x - last[k]) < LEAP)) system.move(positions);
      else system.upload(positions);
      last = positions.slice();
    },
    evaluate: (next, want) => evaluateOnDevice(gpu, potential, field, next, forces, want),
    dispose() {
      forces.dispose();
      field.dispose();
    },
  };
}

/** What `make` gives; where it throws, nothing is left behind. */
function within<T>(outer: { dispose(): void }, make: () => T): T {
  try {
    return make();
  } catch (error) {
    outer.dispose();
    throw error;
  }
}

function extent(positions: Float64Array): number {
  return positions.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** Tables, species and bins depend on nothing else for good. */
function sameAtoms(a: Structure, b: Structure): boolean {
  return (
    a.species.length === b.species.length &&
    a.periodic.every((p, x) => p === b.periodic[x]) &&
    a.species.every((k, i) => a.elements[k] === b.elements[b.species[i]])
  );
}
