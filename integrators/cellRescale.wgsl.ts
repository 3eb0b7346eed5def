/** `cellRescale.ts` in f32, with exp X − 1 and exp −X − 1 as series of their own. */
import { f32 } from '../src/core/each.wgsl.ts';
import { STREAM } from '../src/core/philox.ts';
import { BOLTZMANN } from '../src/core/units.ts';
import { valueCode } from './schedule.wgsl.ts';
import type { CellRescale, Integrator } from './substeps.ts';

/** To eighth order: exact to rounding for |X| < 0.05. */
export const GROWTH = /* wgsl */ `
fn growth(x: mat3x3<f32>) -> mat3x3<f32> {
  var e = ONE;
  for (var order = 8.0; order > 1.0; order -= 1.0) { e = ONE + x * e * (1.0 / order); }
  return x * e;
}
`;

/** In scope: kinetic and virial (matrices, eV), step, seed. */
export function cellRescaleCode(s: CellRescale, { timestep }: Integrator): string {
  const rate = timestep / (s.bulkModulus * s.relaxation);
  return `
  let kT = ${f32(BOLTZMANN)} * (${valueCode(s.temperature, timestep)});
  let wanted = ${valueCode(s.pressure, timestep)};
  let perVolume = 1.0 / volumeOf();
  let pressure = (kinetic + virial) * perVolume;
  let noise = normals(vec4<u32>(0u, step, ${STREAM.barostat}u), seed);
  let more = normals(vec4<u32>(1u, step, ${STREAM.barostat}u), seed);
  ${s.freedom === 'isotropic' ? isotropic(rate) : byAxes(s, rate)}
  strainBox(x, growth(x), growth(-1.0 * x), kinetic, virial);`;
}

function isotropic(rate: number): string {
  return `
  let mean = (pressure[0][0] + pressure[1][1] + pressure[2][2]) / 3.0;
  let x = ONE * ((${f32(rate)} * (mean - wanted) + sqrt(${f32(2 * rate)} * kT * perVolume) * noise.x) / 3.0);`;
}

function byAxes({ axes, freedom }: CellRescale, rate: number): string {
  const along = axes.map((moves, a) =>
    moves ? `${f32(rate / 3)} * (pressure[${a}][${a}] - wanted) + width * noise[${a}]` : '0.0',
  );
  const across = ['pressure[1][2]', 'pressure[0][2]', 'pressure[0][1]'].map((p, k) =>
    freedom === 'full'
      ? `${f32(rate / 3)} * ${p} + ${f32(Math.SQRT1_2)} * width * ${['noise.w', 'more.x', 'more.y'][k]}`
      : '0.0',
  );
  return `
  let width = sqrt(${f32((2 * rate) / 3)} * kT * perVolume);
  let x = symmetric(vec3<f32>(${along.join(', ')}), vec3<f32>(${across.join(', ')}));`;
}
