import { buildNeighbours, type NeighbourList } from '../core/neighbours.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { Candidate, CutProof } from './candidate.ts';
import type { ExtractContext } from './context.ts';
import { type Cut, coreAtoms, intactAtoms } from './cut.ts';
import type { ExtractOptions } from './options.ts';
import { covalentSums, type Parent, visitDistances } from './parent.ts';

/** A cut, judged. */
export interface Judged {
  readonly candidate: Candidate;
  readonly proof: CutProof;
  /** The cut itself; absent for a whole cell. */
  readonly cut?: Cut;
}

/** What shows, before a label is paid for, that a cut teaches what the simulation has met. */
export function proveCut(cut: Cut, parent: Parent, context: ExtractContext, options: ExtractOptions): Judged {
  const { potential, grade, select } = context;
  const s = cut.structure;
  const list = buildNeighbours(s, potential.cutoff);
  const intact = intactAtoms(cut, parent, list);
  const core = coreAtoms(cut, intact, list);
  const evaluation = potential.evaluate(s, list, ['forces', ...grade.needs]);
  const grades = grade.grade(evaluation, s);
  let forceDeviation = 0;
  let bufferGrade = 0;
  let usual = Math.max(select, grades[cut.centre]);
  for (let k = 0; k < core.length; k++) {
    // What is strange and intact is the simulation's own, and as welcome as the centre.
    if (!intact[k]) {
      bufferGrade = Math.max(bufferGrade, grades[k]);
      usual = Math.max(usual, parent.grades[cut.parents[k]]);
    }
    if (!core[k]) continue;
    for (let x = 0; x < 3; x++) {
      const difference = Math.abs(evaluation.forces[3 * k + x] - parent.forces[3 * cut.parents[k] + x]);
      forceDeviation = Math.max(forceDeviation, difference);
    }
  }
  const limit = options.bufferGrade * usual;
  const closeness = closest(s, list);
  const reasons = [
    !core[cut.centre] && 'the neighbourhood of the atom it was cut for is not whole',
    !(forceDeviation <= options.forceTolerance) &&
      `core forces differ from the whole cell's by ${forceDeviation.toPrecision(3)} eV/Å, allowed ${options.forceTolerance}`,
    // A vacuum cluster's surface is strange by construction, and nothing is learned from it.
    cut.kind === 'patch' &&
      !(bufferGrade <= limit) &&
      `buffer grade ${bufferGrade.toPrecision(3)}, allowed ${limit.toPrecision(3)}`,
    tooClose(closeness.fraction, options),
  ].filter((reason) => typeof reason === 'string');
  // Nowhere stranger than what the simulation has met there.
  const faithful = cut.kind === 'patch' && bufferGrade <= usual;
  const atoms = atomCount(s);
  const kept = core.reduce((sum, value) => sum + value, 0);
  return {
    cut,
    candidate: { structure: s, core, faithful, cut: cut.kind, centre: cut.centre },
    proof: {
      cut: cut.kind,
      atoms,
      coreAtoms: kept,
      learned: faithful ? atoms : kept,
      forceDeviation,
      bufferGrade,
      minimumDistance: closeness.distance,
      accepted: reasons.length === 0,
      reason: reasons.join('; '),
    },
  };
}

/** The frame itself: nothing was cut, so only distances can speak against it. */
export function proveWhole(
  s: Structure,
  centre: number,
  { potential }: ExtractContext,
  options: ExtractOptions,
): Judged {
  const atoms = atomCount(s);
  const { distance, fraction } = closest(s, buildNeighbours(s, potential.cutoff));
  const reason = tooClose(fraction, options) || '';
  return {
    candidate: { structure: s, core: new Uint8Array(atoms).fill(1), faithful: true, cut: 'whole', centre },
    proof: {
      cut: 'whole',
      atoms,
      coreAtoms: atoms,
      learned: atoms,
      forceDeviation: 0,
      bufferGrade: 0,
      minimumDistance: distance,
      accepted: reason === '',
      reason,
    },
  };
}

function tooClose(fraction: number, { tooClose: allowed }: ExtractOptions): string | false {
  return (
    !(fraction >= allowed) &&
    `two atoms at ${fraction.toPrecision(3)} of their covalent radii, allowed ${allowed}; no reference can label that`
  );
}

/** The shortest distance (Å) and the smallest ratio of a distance to the sum of covalent radii; Infinity without pairs. */
function closest(s: Structure, list: NeighbourList): { distance: number; fraction: number } {
  const sums = covalentSums(s);
  let distance = Infinity;
  let fraction = s.positions.every(Number.isFinite) ? Infinity : Number.NaN;
  visitDistances(s, list, (i, j, _, d) => {
    distance = Math.min(distance, d);
    fraction = Math.min(fraction, d / sums[s.species[i] * s.elements.length + s.species[j]]);
  });
  return { distance, fraction };
}
