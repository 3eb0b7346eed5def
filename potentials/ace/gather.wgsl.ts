/**
 * Forces from pair forces through reverse slots: F_i = Σ_p (f_p − f_reverse(p)), virial −½ Σ_p d⊗(f_p − f_reverse(p)) with its two
 * halves averaged. What belongs together may lie in two chunks: then differences are taken first, two chunks at a time.
 */
import { eachRow, ROW_OF } from '../../src/core/each.wgsl.ts';
import { ROW_PRELUDE, STORE, SUMS } from '../pairRows.wgsl.ts';

function vector(name: string, array: string): string {
  return `fn ${name}(p: u32) -> vec3<f32> { return vec3<f32>(${[0, 1, 2].map((x) => `${array}[3u * p + ${x}u]`).join(', ')}); }`;
}

/**
 * `whole`: pair forces are still those of each row's atom and all lie in one chunk; else they are differences. `bare`: forces only, no
 * energies and virials.
 * Bindings: control, chunk, windows, cell, rows, entries, reverse (if whole), pairForces, energies, forces, virials.
 */
export function gatherForces(whole: boolean, bare = false): string {
  if (bare)
    return /* wgsl */ `${ROW_PRELUDE}
${vector('pairForce', 'pairForces')}
${eachRow}
  var force = vec3<f32>(0.0);
  for (var p = begin; p < end; p++) { force += pairForce(p)${whole ? ' - pairForce(reverse[p])' : ''}; }
  forces[i] = vec4<f32>(force, 0.0);
}`;
  return /* wgsl */ `${ROW_PRELUDE}
${vector('pairForce', 'pairForces')}
${eachRow}${SUMS}
  energy = energies[i];
  let here = windows[i].xyz;
  for (var p = begin; p < end; p++) {
    let f = pairForce(p)${whole ? ' - pairForce(reverse[p])' : ''};
    let d = pairVector(entries[p], here);
    force += f;
    virialA -= 0.5 * d * f;
    virialB -= 0.25 * (d.yxx * f.zzy + d.zzy * f.yxx);
  }${STORE}
}`;
}

/**
 * f_p − f_q in place of f_p and its negative in that of f_q, for pairs p of `chunk` and q of `other`, by the thread that has p.
 * Bindings: control, chunk, other (uniform), rows, reverse, pairForces, and theirs (of the other chunk) unless it is the same.
 */
export function oppose(same: boolean): string {
  const theirs = same ? 'pairForces' : 'theirs';
  return /* wgsl */ `${ROW_OF}
${vector('own', 'pairForces')}
${vector('their', theirs)}
${eachRow}
  let from_ = rows[other.x].x;
  let to = rows[other.y].x;
  for (var p = begin; p < end; p++) {
    let global = reverse[p];
    if (global < from_ || global >= to) { continue; }
    let q = global - from_;
    ${same ? 'if (q < p) { continue; }' : ''}
    let f = own(p) - their(q);
    for (var x = 0u; x < 3u; x++) {
      pairForces[3u * p + x] = f[x];
      ${theirs}[3u * q + x] = -f[x];
    }
  }
}`;
}
