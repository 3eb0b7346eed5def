import type { AcePotential } from '../../../potentials/ace/ace.ts';
import type { EamPotential } from '../../../potentials/eam/embeddedAtom.ts';
import type { PairPotential } from '../../../potentials/pairPotential.ts';
import { UserError } from '../../core/errors.ts';
import type { Potential } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { CONSERVED_JUMP, VOLUME_JUMP } from '../stepping/stability.ts';
import { aceField } from './aceField.ts';
import type { Widths } from './chunks.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceList } from './deviceList.ts';
import type { DeviceSystem } from './deviceSystem.ts';
import { eamField } from './eamField.ts';
import type { Extras } from './extras.ts';
import { pairField } from './pairField.ts';

/** A potential's tables on the device. */
export interface ForceField {
  /** Whether pair forces are gathered through reverse slots. */
  readonly reverse: boolean;
  /** Of the arrays it keeps for each chunk of rows. */
  readonly widths: Widths;
  /** eV of each element's free atom, which no f32 could hold beside the rest. */
  readonly e0: ArrayLike<number>;
  /** Kernels for one system and its list. */
  bind(system: DeviceSystem, list: DeviceList): BoundField;
  dispose(): void;
}

export interface BoundField {
  /** Energies, forces and virials of the positions as they are. */
  encode(pass: GPUComputePassEncoder): void;
  readonly extras?: Extras;
  dispose(): void;
}

/** `s`: where it begins. Throws a UserError for a potential without kernels here. */
export function forceFieldFor(gpu: Gpu, potential: Potential, s: Structure): ForceField {
  if (isAce(potential)) return aceField(gpu, potential);
  if (isEam(potential)) return eamField(gpu, potential, s);
  if (isPair(potential)) return pairField(gpu, potential);
  throw new UserError(
    `webgpu: got the potential ${potential.kind}, must be an expansion, embedded atoms or a pair potential; use backend wasm`,
  );
}

function isAce(p: Potential): p is AcePotential {
  return 'tables' in p && 'weights' in p;
}

function isEam(p: Potential): p is EamPotential {
  return p.kind === 'eam' && 'functions' in p;
}

function isPair(p: Potential): p is PairPotential {
  return 'terms' in p;
}

/** WGSL that reports atom i. */
export function complain(fault: number): string {
  return `atomicMax(&flags[${at.FAULT}], ${fault}u); atomicMax(&flags[${at.ATOM}], i + 1u);`;
}

/** What a halt means, for people. */
export function faultText(fault: number, atom: number): string {
  const which = atom > 0 ? `atom ${atom - 1}` : 'an atom';
  switch (fault) {
    case at.UNSTABLE:
      return `${which} moved more than 1 Å in one step or has no finite position`;
    case at.OUTSIDE:
      return `${which} is closer to a neighbour, or in denser surroundings, than the tables on the device reach`;
    case at.NO_BOND:
      return `${which} has a neighbour with which the potential has no bond`;
    case at.FAR_IMAGE:
      return 'atoms have wandered more than 511 cells apart; wrap the structure into its cell';
    case at.HOT:
      return 'the temperature is too high';
    case at.DRIFTED:
      return `the conserved quantity moved by more than ${CONSERVED_JUMP} eV/atom since the last check`;
    case at.AT_REST:
      return 'csvr: got atoms at rest, must move to be rescaled; start with velocities at a temperature';
    case at.BURST:
      return `the volume changed by more than ${100 * VOLUME_JUMP} % in one step`;
    default:
      return `halt ${fault}`;
  }
}
