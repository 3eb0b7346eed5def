import { UserError } from '../../core/errors.ts';
import { fromFixed } from '../../core/fixedPoint.wgsl.ts';
import { buildNeighbours } from '../../core/neighbours.ts';
import { blankEvaluation, type Evaluation, type Potential, type Quantity } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { SKIN } from '../stepping/evaluator.ts';
import { planBins } from './binPlan.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import { type DeviceList, deviceList } from './deviceList.ts';
import { type DeviceSystem, deviceSystem } from './deviceSystem.ts';
import { addMemberEnergies, addMemberForces, elsewhere, readProjections } from './extras.ts';
import { type BoundField, type ForceField, faultText } from './forceField.ts';
import { read } from './kernel.ts';

/** One system with its list and its forces; the list grows as it must. */
export interface DeviceForces {
  readonly system: DeviceSystem;
  readonly field: () => BoundField;
  readonly list: () => DeviceList;
  /** Makes room for so many pairs a row; the list has to be made anew. */
  grow(density: number): void;
  /** Plans bins anew for what atoms and cell are by now. */
  replan(): Promise<void>;
  encode(pass: GPUComputePassEncoder): void;
  /** The same in a step, which makes a list only where it is a `renewal`, and else halts where it needs one. */
  encodeStep(pass: GPUComputePassEncoder, renewal: boolean): void;
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
  let plan = planBins(s, cutoff + SKIN);
  let room = 0;
  const grow = (density: number) => {
    list?.dispose();
    field?.dispose();
    room = density;
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
    async replan() {
      const [fixed, box] = (await read(gpu, system.fixed, system.box)).map((b) => new Int32Array(b));
      const now = { ...s, positions: new Float64Array(3 * system.atoms), cell: new Float64Array(9) };
      fromFixed(fixed, now.positions);
      fromFixed(box, now.cell);
      plan = planBins(now, cutoff + SKIN);
      grow(room);
    },
    encode(pass) {
      list!.renew(pass);
      field!.encode(pass);
    },
    encodeStep(pass, renewal) {
      if (renewal) list!.renewAhead(pass);
      else list!.look(pass);
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

/**
 * The words of control once all is done; `again` is true where the list did not fit, and has been given room or other bins, or was old, and
 * has to be made before anything else.
 */
export async function settle(gpu: Gpu, forces: DeviceForces) {
  const { control, faults } = forces.system;
  const [words, complaint] = (await read(gpu, control, faults)).map((b) => new Uint32Array(b));
  const halt = words[at.HALT];
  const again = halt === at.MORE_PAIRS || halt === at.OTHER_BINS || halt === at.OLD_LIST;
  if (halt === at.MORE_PAIRS) forces.grow(forces.list().density(words));
  if (halt === at.OTHER_BINS) await forces.replan();
  if (again) forces.system.set(at.HALT, 0);
  // What was complained of in half a step is told at its end.
  const fault = halt === at.OLD_LIST ? 0 : complaint[at.FAULT];
  return { words, again, fault, atom: complaint[at.ATOM] };
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
  for (;;) {
    submit(gpu, forces.encode);
    const { again, fault, atom } = await settle(gpu, forces);
    if (again) continue;
    if (fault !== 0) throw new UserError(`webgpu: ${faultText(fault, atom)}`);
    break;
  }
  const [f, v] = (await read(gpu, system.forces, system.virials)).map((b) => new Float32Array(b));
  const { extras } = forces.field();
  const missing = elsewhere(potential, extras).filter((q) => want.includes(q));
  const there =
    missing.length > 0 ? potential.evaluate(s, buildNeighbours(s, potential.cutoff), missing) : undefined;
  const out = blankEvaluation(
    potential,
    system.atoms,
    want.filter((q) => !missing.some((m) => m === q)),
  );
  const free = (i: number) => e0[potential.elements.indexOf(s.elements[s.species[i]])];
  addForces(out, f, v, free);
  if (out.projections.length > 0)
    await readProjections(gpu, forces, potential.projectionWidth, out.projections);
  const n = system.atoms;
  for (let k = 0; k < out.memberEnergies.length; k++) out.memberEnergies[k] = out.energies[k % n];
  for (let k = 0; k < out.memberForces.length; k++)
    out.memberForces[k] = f[4 * (Math.floor(k / 3) % n) + (k % 3)];
  if (extras?.members) {
    if (out.memberEnergies.length > 0) await addMemberEnergies(gpu, forces, out.memberEnergies);
    if (out.memberForces.length > 0) await addMemberForces(gpu, forces, out.memberForces);
  }
  for (const q of missing) out[q] = there![q];
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
