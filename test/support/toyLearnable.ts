import type { DesignRows, LearnablePotential, Parameters } from '../../potentials/learnable.ts';
import { UserError } from '../../src/core/errors.ts';
import type { NeighbourList } from '../../src/core/neighbours.ts';
import { blankEvaluation } from '../../src/core/potential.ts';
import { atomCount, type Structure } from '../../src/core/structure.ts';

/**
 * A small potential that is linear in its coefficients: for every element pair densities ρ_n = Σ_j φ_n(r_ij) with
 * φ_n(r) = cos(nπr/r_c)·(1 − (r/r_c)²)², n < radial, then their squares; baseline Σ_{i<j} (wall/r)¹².
 */
export function toyLearnable(
  elements: readonly string[],
  options: { cutoff?: number; radial?: number; wall?: number } = {},
): LearnablePotential {
  const { cutoff = 5, radial = 4, wall = 0 } = options;
  const size = 2 * radial * elements.length;
  const functionCount = size * elements.length;
  const zero: Parameters = {
    e0: new Float64Array(elements.length),
    mean: new Float64Array(functionCount),
    members: [],
  };
  const roughness = Float64Array.from({ length: functionCount }, (_, v) => 1 + (v % radial) ** 2);
  const functionOffsets = Int32Array.from({ length: elements.length + 1 }, (_, k) => k * size);
  return withParameters(zero);

  function withParameters(parameters: Parameters): LearnablePotential {
    return {
      kind: 'toy',
      elements,
      cutoff,
      members: Math.max(1, parameters.members.length),
      projectionWidth: size,
      functionCount,
      functionOffsets,
      roughness,
      parameters,
      withParameters,
      rows: (s, neighbours) => describe(s, neighbours).rows,
      evaluate(s, neighbours, want, out) {
        const e = blankEvaluation(
          { members: Math.max(1, parameters.members.length), projectionWidth: size },
          atomCount(s),
          want,
          out,
        );
        const { rows, projections, baselines, species } = describe(s, neighbours);
        const energyOf = (c: Float64Array, i: number) => {
          let sum = parameters.e0[species[i]] + baselines[i];
          for (let v = 0; v < size; v++) sum += c[species[i] * size + v] * projections[i * size + v];
          return sum;
        };
        for (let i = 0; i < e.energies.length; i++) {
          e.energies[i] = energyOf(parameters.mean, i);
          e.energy += e.energies[i];
        }
        e.forces.set(e.forces.length > 0 ? forcesOf(rows, parameters.mean) : []);
        e.projections.set(e.projections.length > 0 ? projections : []);
        if (e.virial.length > 0) e.virial.set(virialOf(rows, parameters.mean));
        parameters.members.forEach((c, m) => {
          const n = atomCount(s);
          if (e.memberEnergies.length > 0)
            for (let i = 0; i < n; i++) e.memberEnergies[m * n + i] = energyOf(c, i);
          if (e.memberForces.length > 0) e.memberForces.set(forcesOf(rows, c), 3 * n * m);
          if (e.memberVirials.length > 0) e.memberVirials.set(virialOf(rows, c), 9 * m);
        });
        return e;
      },
    };
  }

  function forcesOf(rows: DesignRows, c: Float64Array): Float64Array {
    return rows.baseline.forces.map((f, k) => {
      let sum = f;
      for (let v = 0; v < functionCount; v++) sum += rows.forces[k * functionCount + v] * c[v];
      return sum;
    });
  }

  function virialOf(rows: DesignRows, c: Float64Array): number[] {
    const w = Array.from(rows.baseline.strain, (b, k) => {
      let sum = b;
      for (let v = 0; v < functionCount; v++) sum += rows.strain[k * functionCount + v] * c[v];
      return -sum;
    });
    return [0, 5, 4, 5, 1, 3, 4, 3, 2].map((k) => w[k]);
  }

  function describe(s: Structure, list: NeighbourList) {
    const n = atomCount(s);
    const K = functionCount;
    const species = Array.from(s.species, (k) => {
      const found = elements.indexOf(s.elements[k]);
      if (found < 0) throw new UserError(`toy: got ${s.elements[k]}, must be one of ${elements.join(', ')}`);
      return found;
    });
    const rows = {
      energy: new Float64Array(K),
      forces: new Float64Array(3 * n * K),
      strain: new Float64Array(6 * K),
      baseline: { energy: 0, forces: new Float64Array(3 * n), strain: new Float64Array(6) },
    };
    const projections = new Float64Array(n * size);
    const baselines = new Float64Array(n);
    const half = size / 2;
    eachPair(s, list, cutoff, (i, j, r) => {
      for (let k = 0; k < radial; k++)
        projections[i * size + species[j] * radial + k] += radialFunction(k, r, cutoff)[0];
    });
    for (let i = 0; i < n; i++)
      for (let v = 0; v < half; v++) projections[i * size + half + v] = projections[i * size + v] ** 2;
    eachPair(s, list, cutoff, (i, j, r, d) => {
      const spread = (
        v: number,
        width: number,
        slope: number,
        forces: Float64Array,
        strain: Float64Array,
      ) => {
        for (let x = 0; x < 3; x++) {
          forces[(3 * i + x) * width + v] += (slope * d[x]) / r;
          forces[(3 * j + x) * width + v] -= (slope * d[x]) / r;
        }
        [0, 4, 8, 5, 2, 1].forEach((xy, k) => {
          strain[k * width + v] += (slope * d[Math.floor(xy / 3)] * d[xy % 3]) / r;
        });
      };
      for (let k = 0; k < radial; k++) {
        const slope = radialFunction(k, r, cutoff)[1];
        const v = species[j] * radial + k;
        const at = species[i] * size + v;
        spread(at, K, slope, rows.forces, rows.strain);
        spread(at + half, K, 2 * projections[i * size + v] * slope, rows.forces, rows.strain);
      }
      if (wall === 0) return;
      const repulsion = 0.5 * (wall / r) ** 12;
      baselines[i] += repulsion;
      rows.baseline.energy += repulsion;
      spread(0, 1, (-12 * repulsion) / r, rows.baseline.forces, rows.baseline.strain);
    });
    for (let i = 0; i < n; i++)
      for (let v = 0; v < size; v++) rows.energy[species[i] * size + v] += projections[i * size + v];
    return { rows, projections, baselines, species };
  }
}

/** φ_n and its derivative. */
function radialFunction(n: number, r: number, cutoff: number): [number, number] {
  const x = r / cutoff;
  const [c, s] = [Math.cos(n * Math.PI * x), Math.sin(n * Math.PI * x)];
  const f = (1 - x * x) ** 2;
  const df = -4 * x * (1 - x * x);
  return [c * f, (-n * Math.PI * s * f + c * df) / cutoff];
}

function eachPair(
  s: Structure,
  list: NeighbourList,
  cutoff: number,
  visit: (i: number, j: number, r: number, d: readonly [number, number, number]) => void,
): void {
  for (let i = 0; i < atomCount(s); i++)
    for (let p = list.offsets[i]; p < list.offsets[i + 1]; p++) {
      const j = list.indices[p];
      const component = (x: number) => {
        let d = s.positions[3 * j + x] - s.positions[3 * i + x];
        for (let a = 0; a < 3; a++) d += list.shifts[3 * p + a] * s.cell[3 * a + x];
        return d;
      };
      const d = [component(0), component(1), component(2)] as const;
      const r = Math.hypot(...d);
      if (r < cutoff) visit(i, j, r, d);
    }
}
