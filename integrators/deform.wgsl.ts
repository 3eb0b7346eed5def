/** `deform.ts` in f32: F(t)⁻¹F(t+Δt) − 1 = F(t)⁻¹(F(t+Δt) − F(t)), with the difference from the slopes of the path. */
import { f32 } from '../src/core/each.wgsl.ts';
import type { Schedule } from './schedule.ts';
import { riseCode, valueCode } from './schedule.wgsl.ts';
import type { Deform, Integrator } from './substeps.ts';

/** In scope: kinetic and virial (matrices, eV), time (at the end of the step). */
export function deformCode({ strain }: Deform, { timestep }: Integrator): string {
  const lower = (entry: (path: Schedule) => string) => {
    const [xx, yy, zz, yz, xz, xy] = strain.map(entry);
    return `mat3x3<f32>(${xx}, 0.0, 0.0, ${xy}, ${yy}, 0.0, ${xz}, ${yz}, ${zz})`;
  };
  return `
  let begin = time - ${f32(timestep)};
  let before = ONE + ${lower((path) => valueCode(path, 'begin'))};
  let x = ${lower((path) => riseCode(path, 'begin', timestep))} * inverse3(before);
  strainBox(x, x, -1.0 * inverse3(ONE + x) * x, kinetic, virial);`;
}
