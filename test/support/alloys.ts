import type { LearnableAce } from '../../potentials/ace/ace.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { normals, STREAM } from '../../src/core/philox.ts';

const four = new Float64Array(4);
/** A number drawn from the normal distribution. */
export const normal = (seed: number, k: number) => normals(seed, STREAM.select, 0, k, four)[0];

/** An alloy of two elements whose coefficients are drawn, with an odd number of members. */
export function drawnAlloy(radialBase: string, size = 0.05): LearnableAce {
  const elements = ['Ni', 'Al'];
  const request = { elements, cutoff: '4.6 Å', radialBase, nradmax: [5, 3, 2, 1], lmax: [0, 3, 2, 1] };
  const bare = createAce(aceRequestSchema.parse(request));
  const draw = (seed: number) => bare.roughness.map((rough, k) => (size * normal(seed, k)) / rough);
  return bare.withParameters({
    e0: Float64Array.from(bare.elements, (_, k) => -1 - 0.25 * k),
    mean: draw(1),
    members: Array.from({ length: 3 }, (_, e) => draw(2 + e)),
  });
}
