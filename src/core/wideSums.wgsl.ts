/**
 * Sums over all atoms without atomics: every lane adds its own, lanes meet pairwise, and the sums of workgroups likewise, always in the same
 * order. Of N terms in f32 the error is below (N/16384 + 16)·6e-8 of the sum of magnitudes, and in practice 1e-7 of it.
 */
const LANES = 64;
const MOST_GROUPS = 256;

export function groupsFor(atoms: number): number {
  return Math.max(1, Math.min(MOST_GROUPS, Math.ceil(atoms / LANES)));
}

function together(width: number): string {
  return `
  sums[lane] = s;
  workgroupBarrier();
  for (var half = ${LANES / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { for (var k = 0u; k < ${width}u; k++) { sums[lane][k] += sums[lane + half][k]; } }
    workgroupBarrier();
  }`;
}

/** `terms`: what atom i adds to each sum, after `before`. Bindings: control, those of the terms, parts. */
export function wideSums(atoms: number, terms: readonly string[], before: string): string {
  const width = terms.length;
  const groups = groupsFor(atoms);
  return `
alias Terms = array<f32, ${width}>;
var<workgroup> sums: array<Terms, ${LANES}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  if (control[0] != 0u) { return; }
  var s = Terms();
  for (var i = group.x * ${LANES}u + lane; i < ${atoms}u; i += ${groups * LANES}u) {
    ${before}
    ${terms.map((term, k) => `s[${k}] += ${term};`).join('\n    ')}
  }${together(width)}
  if (lane == 0u) { for (var k = 0u; k < ${width}u; k++) { parts[group.x * ${width}u + k] = sums[0][k]; } }
}`;
}

/** One workgroup whose first lane goes on to `body` with the sums as `total`. Bindings: control, parts, those of the body. */
export function afterSums(atoms: number, width: number, body: string): string {
  return `
alias Terms = array<f32, ${width}>;
var<workgroup> sums: array<Terms, ${LANES}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(local_invocation_index) lane: u32) {
  if (control[0] != 0u) { return; }
  var s = Terms();
  for (var g = lane; g < ${groupsFor(atoms)}u; g += ${LANES}u) {
    for (var k = 0u; k < ${width}u; k++) { s[k] += parts[g * ${width}u + k]; }
  }${together(width)}
  if (lane > 0u) { return; }
  let total = sums[0];
  ${body}
}`;
}
