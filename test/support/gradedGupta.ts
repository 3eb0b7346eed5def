import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { atomCount, cloneStructure, type Structure } from '../../src/core/structure.ts';
import type { ExtractContext } from '../../src/extract/context.ts';
import { activeSetBuilder } from '../../src/learn/activeSetBuilder.ts';
import { environmentsOf, volumeGain } from '../../src/select/environment.ts';
import { GUPTA_WIDTH, gupta } from './gupta.ts';

/** Every atom displaced by a normal of `sigma` Å per component. */
export function rattled(s: Structure, sigma: number, seed = 7): Structure {
  const out = cloneStructure(s);
  const four = new Float64Array(4);
  for (let i = 0; i < atomCount(s); i++) {
    normals(seed, STREAM.rattle, 0, i, four);
    for (let x = 0; x < 3; x++) out.positions[3 * i + x] += sigma * four[x];
  }
  return out;
}

/** A Gupta metal that has been taught the environments of `taught`, and the extrapolation grade that follows. */
export function taughtGupta(cutoff: number, taught: readonly Structure[], select = 2): ExtractContext {
  const elements = [...new Set(taught.flatMap((s) => s.elements))].sort();
  const potential = gupta(cutoff, elements);
  const builders = elements.map((e) => activeSetBuilder(e, GUPTA_WIDTH, { tolerance: 1.001, unseen: 1e-3 }));
  for (const s of taught) {
    const { projections } = potential.evaluate(s, buildNeighbours(s, cutoff), ['projections']);
    for (let i = 0; i < atomCount(s); i++)
      builders[elements.indexOf(s.elements[s.species[i]])].offer(
        projections.slice(i * GUPTA_WIDTH, (i + 1) * GUPTA_WIDTH),
        1,
      );
  }
  const active = builders.map((b) => b.snapshot());
  return {
    potential,
    active,
    select,
    grade: {
      kind: 'extrapolationGrade',
      unit: '',
      needs: ['projections'],
      grade: (e, s) => {
        const atoms = Array.from({ length: atomCount(s) }, (_, i) => i);
        return Float64Array.from(environmentsOf(0, atoms, s, e, active), volumeGain);
      },
    },
  };
}
