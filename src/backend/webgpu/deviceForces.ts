import { UserError } from '../../core/errors.ts';
import { blankEvaluation, type Evaluation, type Potential, type Quantity } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { SKIN } from '../stepping/evaluator.ts';
import { planBins } from './binPlan.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import { type DeviceList, deviceList } from './deviceList.ts';
import { type DeviceSystem, deviceSystem } from './deviceSystem.ts';
import { type BoundField, type ForceField, faultText } from './forceField.ts';
import { read } from './kernel.ts';

/** One system with its list and its forces; the list grows as it must. */
export interface DeviceForces {
  readonly system: DeviceSystem;
  readonly field: () => BoundField;
  readonly list: () => DeviceList;
  /** Makes room for so many pairs a row; the list has to be made anew. */
  grow(density: number): void;
  encode(pass: GPUComputePassEncoder): void;
  /** Gives back everything but the potential's tables. */
  dispose(): void;
}

export function deviceForces(
  gpu: Gpu,
  potential: Potential,
  { reverse, widths, bind }: ForceField,
  s: Structure,
): DeviceForces {
  const { elements, kind, cutoff } = potential;
  const species = Int32Array.from(s.species, (k, i) => {
    const known = elements.indexOf(s.elements[k]);
    if (known < 0)
      throw new UserError(
        `${kind}: got element ${s.elements[k]} (atom ${i + 1}), the potential knows ${elements.join(', ')}; use a potential that covers it`,
      );
    return known;
  });
  const system = deviceSystem(gpu, s, species);
  let list: DeviceList | undefined;
  let field: BoundField | undefined;
  const plan = planBins(s, cutoff + SKIN);
  const grow = (density: number) => {
    list?.dispose();
    field?.dispose();
    list = deviceList(system, { plan, skin: SKIN, reverse, density: 1.2 * density, widths });
    field = bind(system, list);
    system.set(at.STALE, 1);
  };
  // The first list says how many there are.
  grow(4);
  return {
    system,
    field: () => field!,
    list: () => list!,
    grow,
    encode(pass) {
      list!.renew(pass);
      field!.encode(pass);
    },
    dispose() {
      list!.dispose();
      field!.dispose();
      system.dispose();
    },
  };
}

/** Submits what `encode` says in one pass. */
export function submit({ device }: Gpu, encode: (pass: GPUComputePassEncoder) => void): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  encode(pass);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** The words of control once all is done; a list that did not fit has been given room, and `again` is true. */
export async function settle(gpu: Gpu, forces: DeviceForces) {
  const { control, faults } = forces.system;
  const [words, complaint] = (await read(gpu, control, faults)).map((b) => new Uint32Array(b));
  const again = words[at.HALT] === at.MORE_PAIRS;
  if (again) {
    forces.grow(forces.list().density(words));
    forces.system.set(at.HALT, 0);
  }
  return { words, again, fault: complaint[at.FAULT], atom: complaint[at.ATOM] };
}

/** Energies and what `want` names, of the positions as they are. Throws a UserError for what cannot be evaluated. */
export async function evaluateOnDevice(
  gpu: Gpu,
  potential: Potential,
  { e0 }: ForceField,
  s: Structure,
  forces: DeviceForces,
  want: readonly Quantity[],
): Promise<Evaluation> {
  const { system } = forces;
  const rich = want.includes('projections') || want.includes('memberEnergies');
  for (;;) {
    submit(gpu, (pass) => {
      forces.encode(pass);
      if (rich) forces.field().rich?.encode(pass);
    });
    const { again, fault, atom } = await settle(gpu, forces);
    if (again) continue;
    if (fault !== 0) throw new UserError(`webgpu: ${faultText(fault, atom)}`);
    break;
  }
  const extra = forces.field().rich;
  const buffers = [
    system.forces,
    system.virials,
    ...(rich && extra ? [extra.projections, extra.memberEnergies] : []),
  ];
  const [f, v, projections, members] = (await read(gpu, ...buffers)).map((b) => new Float32Array(b));
  const out = blankEvaluation(potential, system.atoms, want);
  const free = (i: number) => e0[potential.elements.indexOf(s.elements[s.species[i]])];
  addForces(out, f, v, free);
  const n = system.atoms;
  if (extra && out.projections.length > 0)
    out.projections.set(projections.subarray(0, out.projections.length));
  for (let k = 0; k < out.memberEnergies.length; k++)
    out.memberEnergies[k] = extra && !extra.own ? members[k] + free(k % n) : out.energies[k % n];
  return out;
}

/** Forces with energies [n][4] and virials [n][6] as they lie on the device, added up in f64. */
export function addForces(
  out: Pick<Evaluation, 'energy' | 'energies' | 'forces' | 'virial'>,
  f: Float32Array,
  v: Float32Array,
  free: (i: number) => number,
): void {
  out.energy = 0;
  for (let i = 0; i < out.energies.length; i++) {
    out.energies[i] = f[4 * i + 3] + free(i);
    out.energy += out.energies[i];
    if (out.forces.length > 0) for (let x = 0; x < 3; x++) out.forces[3 * i + x] = f[4 * i + x];
  }
  if (out.virial.length === 0) return;
  out.virial.fill(0);
  for (let i = 0; i < out.energies.length; i++)
    for (let k = 0; k < 9; k++) out.virial[k] += v[6 * i + VOIGT[k]];
}

const VOIGT = [0, 5, 4, 5, 1, 3, 4, 3, 2];
