/** Forces from pair forces through reverse slots: F_i = Σ_p f_p − f_reverse(p), virial −Σ_p d⊗f_p with its two halves averaged. */
import { each } from '../../src/core/neighbours.wgsl.ts';
import { ROW_PRELUDE, STORE, SUMS } from '../pairRows.wgsl.ts';

/** Bindings: control, windows, cell, offsets, entries, reverse, pairForces, energies, forces, virials. */
export function gatherForces(atoms: number): string {
  return /* wgsl */ `${ROW_PRELUDE}
fn pairForce(p: u32) -> vec3<f32> {
  return vec3<f32>(pairForces[3u * p], pairForces[3u * p + 1u], pairForces[3u * p + 2u]);
}
${each(atoms)}${SUMS}
  energy = energies[i];
  let here = windows[i].xyz;
  for (var p = offsets[i]; p < offsets[i + 1u]; p++) {
    let f = pairForce(p);
    let d = pairVector(entries[p], here);
    force += f - pairForce(reverse[p]);
    virialA -= d * f;
    virialB -= 0.5 * (d.yxx * f.zzy + d.zzy * f.yxx);
  }${STORE}
}`;
}
