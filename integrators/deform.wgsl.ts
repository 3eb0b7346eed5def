/** `deform.ts` in f32: F(t)⁻¹F(t+Δt) − 1 = F(t)⁻¹(F(t+Δt) − F(t)), with the difference from the slopes of the path. */
import type { Schedule } from './schedule.ts';
import { riseCode, valueCode } from './schedule.wgsl.ts';
import type { Deform, Integrator } from './substeps.ts';

/** In scope: kinetic and virial (matrices, eV), step. */
export function deformCode({ strain, velocities }: Deform, { timestep }: Integrator): string {
  const lower = (entry: (path: Schedule) => string) => {
    const [xx, yy, zz, yz, xz, xy] = strain.map(entry);
    return `mat3x3<f32>(${xx}, 0.0, 0.0, ${xy}, ${yy}, 0.0, ${xz}, ${yz}, ${zz})`;
  };
  return `
  let before = ONE + ${lower((path) => valueCode(path, timestep, false))};
  let x = ${lower((path) => riseCode(path, timestep))} * inverse3(before);
  strainBox(x, x, ${velocities === 'kept' ? 'mat3x3<f32>()' : '-1.0 * inverse3(ONE + x) * x'}, kinetic, virial);`;
}
