/** σ_F² = Σ_m |δ_m|²/M − |Σ_m δ_m/M|² on a device, from differences δ of members' forces from those of the mean: nothing large cancels. */
import { each, f32 } from '../core/each.wgsl.ts';

/** One member more, or the first. Bindings: control, differences (vec4), moments (vec4: Σ δ, Σ |δ|²). */
export function addMoments(atoms: number, first: boolean): string {
  return /* wgsl */ `${each(atoms)}
  let d = differences[i].xyz;
  moments[i] = ${first ? '' : 'moments[i] + '}vec4<f32>(d, dot(d, d));
}`;
}

/** `limit`: what `flag` reports grades above. Bindings: control, flags (atomic), moments, grades. */
export function spreadOfForces(atoms: number, members: number, limit: number, flag: string): string {
  const most = Number.isFinite(limit) ? f32(Math.min(limit, 1e38)) : '3e38';
  return /* wgsl */ `${each(atoms)}
  let m = moments[i] * ${f32(1 / members)};
  let square = m.w - dot(m.xyz, m.xyz);
  let grade = select(3.4e38, sqrt(max(square, 0.0)), square < 3.4e38);
  grades[i] = grade;
  if (grade > ${most}) { ${flag} }
}`;
}
