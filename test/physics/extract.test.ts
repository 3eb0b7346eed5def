import { describe, expect, it } from 'vitest';
import type { FlaggedFrame } from '../../src/backend/backend.ts';
import { completeCell, heights, inverse3, transformRows } from '../../src/core/cell.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { buildPrototype, prototypeSchema } from '../../src/core/prototypes.ts';
import { atomCount, type Structure, structureFrom, supercell, symbolsOf } from '../../src/core/structure.ts';
import type { ExtractContext } from '../../src/extract/context.ts';
import { type Extraction, extractCandidates } from '../../src/extract/extract.ts';
import { extractSchema } from '../../src/extract/options.ts';
import { relaxMobile } from '../../src/extract/relax.ts';
import { rattled, taughtGupta } from '../support/gradedGupta.ts';

// Between the first and second shell of copper, so that parents larger than a patch stay cheap.
const CUTOFF = 3.4;
const build = (config: unknown) => buildPrototype(prototypeSchema.parse(config));
const copper = { prototype: 'fcc', element: 'Cu', a: '3.6 Å' };
const options = (o: object = {}) => extractSchema.parse({ wholeCellUpTo: 100, ...o });

const teacher = build({ ...copper, repeat: [4, 4, 4] });
const context = taughtGupta(CUTOFF, [teacher, rattled(teacher, 0.06, 1), rattled(teacher, 0.1, 2)]);

/** A frame with every atom above `select` flagged, the worst first. */
function flag(structure: Structure, of: ExtractContext = context, step = 100): FlaggedFrame {
  const list = buildNeighbours(structure, of.potential.cutoff);
  const grades = of.grade.grade(of.potential.evaluate(structure, list, of.grade.needs), structure);
  const flagged = Array.from(grades, (grade, atom) => ({ atom, grade, measure: of.grade.kind }));
  return {
    step,
    structure,
    flagged: flagged.filter((f) => f.grade > of.select).sort((a, b) => b.grade - a.grade),
  };
}

const onlyAtom = (structure: Structure, atom: number, step = 100): FlaggedFrame => ({
  step,
  structure,
  flagged: [{ atom, grade: 10, measure: 'extrapolationGrade' }],
});

/** Relative positions and symbols of every atom's neighbours within the cutoff, in an order of their own. */
function neighbourhoods(s: Structure, cutoff: number): number[][][] {
  const { offsets, indices, shifts } = buildNeighbours(s, cutoff);
  const neighbour = (i: number, p: number) => {
    const d = [0, 1, 2].map((x) => {
      const image =
        shifts[3 * p] * s.cell[x] + shifts[3 * p + 1] * s.cell[3 + x] + shifts[3 * p + 2] * s.cell[6 + x];
      return s.positions[3 * indices[p] + x] + image - s.positions[3 * i + x];
    });
    return [...d, s.elements[s.species[indices[p]]].charCodeAt(0)];
  };
  return Array.from({ length: atomCount(s) }, (_, i) =>
    Array.from({ length: offsets[i + 1] - offsets[i] }, (_, k) => neighbour(i, offsets[i] + k)).sort(
      (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2],
    ),
  );
}

/** The atom of `whole` that stands at `r`, up to lattice translations of periodic directions. */
function atomAt(whole: Structure, r: ArrayLike<number>): number {
  const cell = completeCell(whole.cell);
  const inverse = inverse3(cell);
  return Array.from(whole.species.keys()).findIndex((i) => {
    const d = [0, 1, 2].map((x) => whole.positions[3 * i + x] - r[x]);
    const f = transformRows(d, inverse, new Float64Array(3));
    const home = f.map((v, x) => (whole.periodic[x] ? v - Math.round(v) : v));
    return Math.hypot(...transformRows(home, cell, new Float64Array(3))) < 1e-6;
  });
}

/** Every core atom's force and neighbours against the whole frame's, worked out again from the structures alone. */
function checkCores(result: Extraction, frame: FlaggedFrame, of: ExtractContext = context): void {
  const { cutoff } = of.potential;
  const forces = (s: Structure) => of.potential.evaluate(s, buildNeighbours(s, cutoff), ['forces']).forces;
  const there = { forces: forces(frame.structure), neighbours: neighbourhoods(frame.structure, cutoff) };
  expect(result.candidates.length).toBeGreaterThan(0);
  for (const { candidate, proof, atom } of result.candidates) {
    const { structure, core, centre } = candidate;
    const here = { forces: forces(structure), neighbours: neighbourhoods(structure, cutoff) };
    const atoms = Array.from(core.keys()).filter((k) => core[k] === 1);
    expect(proof.forceDeviation).toBeLessThan(1e-10);
    expect(proof.coreAtoms).toBe(atoms.length);
    expect(core[centre]).toBe(1);
    expect(Math.hypot(...here.forces.slice(3 * centre, 3 * centre + 3))).toBeGreaterThan(0.01);
    for (const k of atoms) {
      const i = atomAt(frame.structure, structure.positions.slice(3 * k, 3 * k + 3));
      if (k === centre) expect(i).toBe(atom);
      expect(structure.elements[structure.species[k]]).toBe(symbolsOf(frame.structure)[i]);
      const deviation = [0, 1, 2].map((x) => Math.abs(here.forces[3 * k + x] - there.forces[3 * i + x]));
      expect(Math.max(...deviation)).toBeLessThan(1e-10);
      expect(here.neighbours[k].length).toBe(there.neighbours[i].length);
      const mismatch = here.neighbours[k].flat().map((v, q) => Math.abs(v - there.neighbours[i].flat()[q]));
      expect(Math.max(...mismatch)).toBeLessThan(1e-9);
    }
  }
}

describe('patches of a crystal', () => {
  const perfect = build({ ...copper, repeat: [7, 7, 7] });

  it('fit the lattice: the patch around a vacancy is a smaller crystal with a vacancy', () => {
    const vacancy = build({ ...copper, repeat: [7, 7, 7], vacancies: 1 });
    const cold = taughtGupta(CUTOFF, [teacher, rattled(teacher, 0.01, 1)]);
    const frame = flag(vacancy, cold);
    expect(frame.flagged.length).toBeGreaterThan(0);
    const { candidates, refused } = extractCandidates([frame], cold, options());
    expect(refused).toEqual([]);
    // By symmetry the flagged atoms are few kinds, and one label teaches all of them.
    expect(candidates).toHaveLength(1);
    const [{ candidate, proof }] = candidates;
    expect(candidate.cut).toBe('patch');
    const edges = heights(candidate.structure.cell);
    edges.forEach((edge) => {
      expect(edge / 3.6).toBeCloseTo(Math.round(edge / 3.6), 9);
    });
    const cells = Math.round(edges[0] / 3.6) * Math.round(edges[1] / 3.6) * Math.round(edges[2] / 3.6);
    expect(proof.atoms).toBe(4 * cells - 1);
    expect(proof.minimumDistance).toBeCloseTo(3.6 * Math.SQRT1_2, 9);
    expect(proof.bufferGrade).toBeLessThan(cold.select);
    expect(candidate.faithful).toBe(true);
  });

  it('of a strained crystal, all new alike, are learned whole; what the seam alone makes strange is not', () => {
    const strained = (s: Structure) => {
      const squeeze = (v: Float64Array) => v.map((x, k) => x * [1.05, 0.97, 1][k % 3]);
      return { ...s, cell: squeeze(s.cell), positions: squeeze(s.positions) };
    };
    const calm = taughtGupta(CUTOFF, [teacher, rattled(teacher, 0.02, 1)]);
    const frame = flag(rattled(strained(perfect), 0.02, 4), calm);
    const small = options({ core: '4 Å', maxPerPause: 1 });
    const [{ candidate, proof }] = extractCandidates([frame], calm, small).candidates;
    expect(frame.flagged.length).toBeGreaterThan(100);
    expect(proof.bufferGrade).toBeGreaterThan(calm.select);
    expect(candidate).toMatchObject({ cut: 'patch', faithful: true });
    expect(proof.learned).toBe(proof.atoms);
    expect(proof.coreAtoms).toBeLessThan(proof.atoms);

    const hot = onlyAtom(rattled(perfect, 0.12, 5), 666);
    const [torn] = extractCandidates(
      [hot],
      context,
      options({ core: '4 Å', relaxSteps: 0, bufferGrade: 1e6 }),
    ).candidates;
    expect(torn.candidate).toMatchObject({ cut: 'patch', faithful: false });
    expect(torn.proof.learned).toBe(torn.proof.coreAtoms);
  });

  it('hot, with an interstitial: core forces are the parent’s', () => {
    const hot = rattled(perfect, 0.08);
    const [x, y, z] = hot.positions.slice(3 * 700, 3 * 700 + 3);
    const crowded = structureFrom(
      [...symbolsOf(hot), 'Cu'],
      [...hot.positions, x + 1.8, y + 0.1, z],
      hot.cell,
    );
    const frame = flag(crowded);
    const result = extractCandidates([frame], context, options({ maxPerPause: 2 }));
    checkCores(result, frame);
    const [{ candidate, proof }] = result.candidates;
    expect(candidate.cut).toBe('patch');
    expect(proof.atoms).toBeLessThan(atomCount(crowded));
    // A seam through a hot crystal may cost or keep a few atoms of its density.
    const density = (s: Structure) => atomCount(s) / heights(s.cell).reduce((a, b) => a * b);
    expect(density(candidate.structure) / density(crowded)).toBeCloseTo(1, 1);
    expect(proof.minimumDistance).toBeGreaterThan(1.4);
  });

  it('is the same wherever the atoms’ images are, and every time', () => {
    const hot = rattled(perfect, 0.1, 3);
    const moved = { ...hot, positions: hot.positions.slice() };
    for (let i = 0; i < atomCount(hot); i++)
      for (let x = 0; x < 3; x++)
        moved.positions[3 * i + x] += (((i * 7 + x * 3) % 11) - 5) * hot.cell[4 * x];
    const of = (s: Structure) => extractCandidates([onlyAtom(s, 666)], context, options());
    const result = of(moved);
    checkCores(result, onlyAtom(moved, 666));
    expect(of(moved)).toEqual(result);
    const plain = of(hot).candidates[0];
    expect(result.candidates[0].proof.atoms).toBe(plain.proof.atoms);
    expect(result.candidates[0].proof.bufferGrade).toBeCloseTo(plain.proof.bufferGrade, 6);
  });

  it('finds the period of a sheared, hot, triclinic cell', () => {
    const hot = rattled(perfect, 0.05, 4);
    const shear = (v: Float64Array) => v.map((value, k) => (k % 3 === 0 ? value + 0.2 * v[k + 1] : value));
    const tilted: Structure = { ...hot, positions: shear(hot.positions), cell: shear(hot.cell) };
    const frame = onlyAtom(tilted, 700);
    const result = extractCandidates([frame], context, options());
    checkCores(result, frame);
    expect(result.candidates[0].candidate.cut).toBe('patch');
    const { cell } = result.candidates[0].candidate.structure;
    expect(cell[3] / cell[4]).toBeCloseTo(0.2, 1);
  });

  it('keeps the period of a direction in which the parent is thin', () => {
    const thin = rattled(build({ ...copper, repeat: [7, 7, 1] }), 0.08, 5);
    const frame = onlyAtom(thin, 150);
    const result = extractCandidates([frame], context, options());
    checkCores(result, frame);
    const { structure } = result.candidates[0].candidate;
    expect([...structure.cell.slice(6)]).toEqual([0, 0, 3.6]);
    expect(structure.cell[0]).toBeLessThan(thin.cell[0]);
    expect(structure.cell[4]).toBeLessThan(thin.cell[4]);
  });
});

describe('surfaces, wires, liquids, compounds', () => {
  it('an adatom on a thin slab: the slab keeps its thickness and its vacuum', () => {
    const slab = build({
      ...copper,
      repeat: [7, 7, 4],
      surface: { plane: '100', vacuum: '20 Å' },
      adatoms: [{ at: [0.5, 0.5] }],
    });
    const hot = rattled(slab, 0.05, 6);
    const frame = onlyAtom(hot, atomCount(hot) - 1);
    const result = extractCandidates([frame], context, options());
    checkCores(result, frame);
    const { structure } = result.candidates[0].candidate;
    expect(structure.periodic).toEqual([true, true, false]);
    expect(structure.cell[8]).toBe(slab.cell[8]);
    expect(structure.cell[0]).toBeLessThan(slab.cell[0]);
    expect(atomCount(structure)).toBeLessThan(atomCount(slab));
  });

  it('a thick slab is cut from below and keeps the vacuum', () => {
    const slab = build({ ...copper, repeat: [7, 7, 16], surface: { plane: '100', vacuum: '12 Å' } });
    const hot = rattled(slab, 0.05, 8);
    const z = (s: Structure) => Array.from(s.species, (_, i) => s.positions[3 * i + 2]);
    const top = z(hot).indexOf(Math.max(...z(hot)));
    const frame = onlyAtom(hot, top);
    const result = extractCandidates([frame], context, options());
    checkCores(result, frame);
    const { structure } = result.candidates[0].candidate;
    const thickness = Math.max(...z(structure)) - Math.min(...z(structure));
    expect(thickness).toBeLessThan(11);
    expect(structure.cell[8] - thickness).toBeCloseTo(
      slab.cell[8] - (Math.max(...z(hot)) - Math.min(...z(hot))),
      6,
    );
  });

  it('a slab in a fully periodic cell: the cut through the vacuum touches nothing', () => {
    const open = build({ ...copper, repeat: [7, 7, 4], surface: { plane: '100', vacuum: '30 Å' } });
    const slab: Structure = { ...rattled(open, 0.05, 9), periodic: [true, true, true] };
    const frame = onlyAtom(slab, 3);
    const result = extractCandidates([frame], context, options());
    checkCores(result, frame);
    const { structure } = result.candidates[0].candidate;
    expect(structure.cell[8]).toBeLessThan(slab.cell[8]);
  });

  it('a wire without a box across it', () => {
    const bulk = rattled(build({ ...copper, repeat: [5, 5, 7] }), 0.05, 10);
    const wire: Structure = {
      ...bulk,
      cell: Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, bulk.cell[8]),
      periodic: [false, false, true],
    };
    const frame = onlyAtom(wire, 333);
    const result = extractCandidates([frame], context, options());
    checkCores(result, frame);
    const { structure } = result.candidates[0].candidate;
    expect([...structure.cell.slice(0, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(structure.cell[8]).toBeLessThan(wire.cell[8]);
    expect(structure.periodic).toEqual([false, false, true]);
  });

  it('disorder: the seam is relaxed, the core untouched', () => {
    const crystal = build({ ...copper, repeat: [7, 7, 7], a: '3.75 Å' });
    const mobile = new Uint8Array(atomCount(crystal)).fill(1);
    const liquid = relaxMobile(rattled(crystal, 0.7, 11), mobile, context.potential, 40, 0.5);
    const taught = taughtGupta(CUTOFF, [teacher, rattled(teacher, 0.4, 12)]);
    const frame = onlyAtom(liquid, 555);
    const result = extractCandidates([frame], taught, options());
    checkCores(result, frame, taught);
    const [{ candidate, proof }] = result.candidates;
    expect(candidate.cut).toBe('patch');
    const still = extractCandidates([frame], taught, options({ relaxSteps: 0 })).candidates[0];
    expect(proof.bufferGrade).toBeLessThanOrEqual(still.proof.bufferGrade);
    expect(proof.minimumDistance).toBeGreaterThan(1.5);
  });

  it('two elements: species stay with their sites', () => {
    const unit = build({ prototype: 'B2', elements: ['Ni', 'Al'], a: '2.9 Å' });
    const hot = rattled(supercell(unit, [9, 9, 9]), 0.05, 13);
    const taught = taughtGupta(CUTOFF, [rattled(supercell(unit, [4, 4, 4]), 0.06, 14)]);
    const frame = onlyAtom(hot, 800);
    const result = extractCandidates([frame], taught, options());
    checkCores(result, frame, taught);
    const { structure } = result.candidates[0].candidate;
    const symbols = symbolsOf(structure);
    expect(symbols.filter((e) => e === 'Al').length).toBe(symbols.length / 2);
    expect(symbols[result.candidates[0].candidate.centre]).toBe(symbolsOf(hot)[800]);
  });
});

describe('what happens when a cut is not good enough', () => {
  const hot = rattled(build({ ...copper, repeat: [7, 7, 7] }), 0.1, 15);
  const frame = onlyAtom(hot, 900);
  /** A core of one cutoff: the centre's neighbourhood is exact, its force is not quite. */
  const thin = { core: `${CUTOFF} Å`, buffer: '0.5 Å' };

  it('measures the error of a small core and enlarges until it is small enough', () => {
    const loose = extractCandidates([frame], context, options({ ...thin, forceTolerance: '10 eV/Å' }));
    const { proof } = loose.candidates[0];
    expect(proof.forceDeviation).toBeGreaterThan(1e-6);
    const tight = options({ ...thin, forceTolerance: '1e-9 eV/Å' });
    const { candidates, refused } = extractCandidates([frame], context, tight);
    expect(refused).toHaveLength(1);
    expect(refused[0].proofs[0].reason).toMatch(/core forces differ/);
    expect(candidates[0].proof.cut).toBe('patch');
    expect(candidates[0].proof.atoms).toBeGreaterThan(refused[0].proofs[0].atoms);
    expect(candidates[0].proof.forceDeviation).toBeLessThan(1e-10);
  });

  it('leaves every atom outside the core mask for a reason', () => {
    const { candidate } = extractCandidates([frame], context, options()).candidates[0];
    const s = candidate.structure;
    const list = buildNeighbours(s, CUTOFF);
    const [here, there] = [neighbourhoods(s, CUTOFF), neighbourhoods(hot, CUTOFF)];
    const same = here.map((shell, k) => {
      const i = atomAt(hot, s.positions.slice(3 * k, 3 * k + 3));
      if (i < 0 || shell.length !== there[i].length) return false;
      return shell.flat().every((v, q) => Math.abs(v - there[i].flat()[q]) < 1e-9);
    });
    const exact = same.map(
      (value, k) =>
        value && Array.from(list.indices.slice(list.offsets[k], list.offsets[k + 1])).every((j) => same[j]),
    );
    expect(Array.from(candidate.core, Boolean)).toEqual(exact);
    expect(exact.filter(Boolean).length).toBeGreaterThan(12);
    expect(exact).toContain(false);
  });

  it('falls back to a vacuum cluster, which is not faithful', () => {
    const result = extractCandidates([frame], context, { ...options({ tries: 2 }), bufferGrade: 1e-9 });
    expect(result.refused[0].proofs.map((p) => p.cut)).toEqual(['patch']);
    const { candidate, proof } = result.candidates[0];
    expect(candidate.cut).toBe('cluster');
    expect(candidate.faithful).toBe(false);
    expect([...candidate.structure.cell]).toEqual(Array(9).fill(0));
    expect(candidate.structure.periodic).toEqual([false, false, false]);
    expect(proof.bufferGrade).toBeGreaterThan(context.select);
    checkCores(result, frame);
  });

  it('enlarges clusters as well, until the force of their middle is exact', () => {
    const strict = { ...options({ ...thin, buffer: '1 Å', forceTolerance: '1e-9 eV/Å' }), bufferGrade: 1e-9 };
    const { candidates, refused } = extractCandidates([frame], context, strict);
    const cuts = refused[0].proofs.map((p) => p.cut);
    expect(cuts.filter((cut) => cut === 'cluster').length).toBeGreaterThan(0);
    expect(candidates[0].proof).toMatchObject({ cut: 'cluster', accepted: true });
    expect(candidates[0].proof.forceDeviation).toBeLessThan(1e-10);
    expect(candidates[0].proof.atoms).toBeGreaterThan(refused[0].proofs[cuts.indexOf('cluster')].atoms);
  });

  it('labels the whole cell when even the cluster is refused, or says why nothing is good', () => {
    const impossible = { ...options({ ...thin, tries: 1 }), forceTolerance: 0 };
    const rescued = extractCandidates([frame], context, { ...impossible, wholeCellAtMost: 5000 });
    expect(rescued.refused[0].proofs.map((p) => p.cut)).toEqual(['patch', 'cluster']);
    expect(rescued.candidates[0].proof).toMatchObject({ cut: 'whole', atoms: 1372, accepted: true });
    const lost = extractCandidates([frame], context, { ...impossible, wholeCellAtMost: 10 });
    expect(lost.candidates).toEqual([]);
    expect(lost.refused).toHaveLength(1);
    expect(lost.refused[0]).toMatchObject({ atom: 900, frameStep: 100 });
    expect(lost.refused[0].proofs.every((p) => !p.accepted && p.reason !== '')).toBe(true);
  });

  it('a cell no larger than its patch is labelled whole', () => {
    const small = rattled(build({ ...copper, repeat: [5, 5, 5] }), 0.1, 16);
    const { candidates } = extractCandidates([onlyAtom(small, 200)], context, options());
    expect(candidates[0].proof).toMatchObject({ cut: 'whole', atoms: 500, coreAtoms: 500 });
  });

  it('never pays for atoms on top of each other', () => {
    const broken = { ...hot, positions: hot.positions.slice() };
    broken.positions.set(
      hot.positions.slice(2700, 2703).map((v, x) => (x === 0 ? v + 0.4 : v)),
      3 * 901,
    );
    const { candidates, refused } = extractCandidates([onlyAtom(broken, 900)], context, options());
    expect(candidates).toEqual([]);
    expect(refused[0].proofs.at(-1)?.reason).toMatch(/covalent radii/);
  });

  it('refuses a core thinner than the cutoff', () => {
    expect(() => extractCandidates([frame], context, options({ core: '3 Å' }))).toThrow(
      /at least the potential's cutoff/,
    );
  });
});

describe('small cells', () => {
  it('are labelled whole, one a frame, the stopping frame first, others only if they add enough', () => {
    const odd = rattled(teacher, 0.3, 17);
    const same = { ...odd, positions: odd.positions.map((v) => v + 1.7) };
    const frames = [
      flag(odd, context, 40),
      flag(rattled(teacher, 0.2, 18), context, 50),
      flag(same, context, 60),
    ];
    frames.forEach((f) => {
      expect(f.flagged.length).toBeGreaterThan(0);
    });
    const { candidates, refused } = extractCandidates(frames, context, options({ wholeCellUpTo: 256 }));
    expect(refused).toEqual([]);
    const steps = candidates.map((c) => c.frameStep);
    expect(steps[0]).toBe(60);
    expect(steps).not.toContain(40);
    expect(new Set(steps).size).toBe(steps.length);
    expect(candidates[0].candidate).toMatchObject({ cut: 'whole', faithful: true });
    expect(candidates[0].candidate.centre).toBe(candidates[0].atom);
    expect(candidates[0].proof.coreAtoms).toBe(256);
  });

  it('nothing flagged, nothing extracted', () => {
    expect(extractCandidates([], context, options())).toEqual({ candidates: [], refused: [] });
  });
});
