import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { volume } from '../../src/core/cell.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential } from '../../src/core/potential.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { dimer } from '../../src/learn/corePrior.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { errorsOn } from '../../src/learn/errors.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { createTrainer, type Training } from '../../src/learn/trainer.ts';
import { measures } from '../../src/uncertainty/registry.ts';

const four = new Float64Array(4);
const reference = potentials.create({ kind: 'eam', set: 'zhou', elements: ['Cu'] } as { kind: string });

/** fcc copper, 32 atoms, every coordinate displaced by `amplitude` Å. */
function copper(topic: number, amplitude: number, a = 3.62): Structure {
  const h = a / 2;
  const unit = structureFrom(
    ['Cu', 'Cu', 'Cu', 'Cu'],
    [0, 0, 0, 0, h, h, h, 0, h, h, h, 0],
    [a, 0, 0, 0, a, 0, 0, 0, a],
  );
  const s = supercell(unit, [2, 2, 2]);
  const shift = (k: number) => amplitude * normals(21, STREAM.rattle, topic, Math.floor(k / 3), four)[k % 3];
  return { ...s, positions: s.positions.map((x, k) => x + shift(k)) };
}

function labelled(structure: Structure): LabelledFrame {
  const e = reference.evaluate(structure, buildNeighbours(structure, reference.cutoff), ['forces', 'virial']);
  const stress = Float64Array.from([0, 4, 8, 5, 2, 1], (k) => -e.virial[k] / volume(structure.cell));
  return {
    structure,
    label: { energy: e.energy, forces: e.forces.slice(), stress },
    core: new Uint8Array(structure.species.length).fill(1),
    faithful: true,
    group: 'rattled',
    generation: 0,
  };
}

function gradesOf(kind: string, taught: Training, s: Structure): Float64Array {
  const measure = measures.create({ kind })(taught);
  const { potential } = taught;
  return measure.grade(potential.evaluate(s, buildNeighbours(s, potential.cutoff), measure.needs), s);
}

const largest = (kind: string, taught: Training, s: Structure) => Math.max(...gradesOf(kind, taught, s));
const median = (kind: string, taught: Training, s: Structure) => gradesOf(kind, taught, s).sort()[16];

describe('an ACE ensemble taught copper', () => {
  const model = createAce(
    aceRequestSchema.parse({ elements: ['Cu'], cutoff: '5 Å', functionsPerElement: 60 }),
  );
  const options = trainSchema.parse({ e0: { Cu: 0 }, bounds: { forceRmse: '2 eV/Å' } });
  const trainer = createTrainer(options, model);
  const calm = [0, 1, 2].map((k) => labelled(copper(k, 0.06)));
  const wild = labelled(copper(10, 0.3, 3.8));
  const early = trainer.learn(calm);
  const late = trainer.learn([wild]);

  it('keeps to what it was taught and sees what it was not', () => {
    for (const { structure } of calm)
      expect(largest('extrapolationGrade', early, structure)).toBeLessThan(1.002);
    expect(largest('extrapolationGrade', early, copper(5, 0.05))).toBeLessThan(3);
    expect(median('extrapolationGrade', early, wild.structure)).toBeGreaterThan(10);
    for (const kind of ['committeeForce', 'committeeEnergy', 'subspaceResidual'])
      expect(median(kind, early, wild.structure)).toBeGreaterThan(2 * median(kind, early, copper(5, 0.05)));
  });

  it('knows a frame once it has learned it, and forgets none', () => {
    for (const { structure } of [...calm, wild])
      expect(largest('extrapolationGrade', late, structure)).toBeLessThan(1.002);
    // 32 environments cannot fill 60 functions, but they bring their like nearer.
    const fresh = copper(11, 0.3, 3.8);
    const [before, after] = [early, late].map((t) => median('extrapolationGrade', t, fresh));
    expect(after).toBeLessThan(before / 2);
  });

  it('learns: errors on a fresh wild frame fall by half', () => {
    const fresh = [labelled(copper(12, 0.3, 3.8))];
    const [before, after] = [errorsOn(early.potential, fresh), errorsOn(late.potential, fresh)];
    expect(before.forceRmse).toBeGreaterThan(0.1);
    expect(after.forceRmse).toBeLessThan(before.forceRmse / 2);
    expect(late.checks).toEqual({ passed: true, reasons: [] });
  });

  it('grades the same in single precision, as a device does', () => {
    const { projections, projectionWidth } = late.potential.evaluate(
      wild.structure,
      buildNeighbours(wild.structure, late.potential.cutoff),
      ['projections'],
    );
    const rounded = { ...late.activeSet[0], inverse: late.activeSet[0].inverse.map(Math.fround) };
    const measure = measures.create({ kind: 'extrapolationGrade' });
    const grade = (activeSet: Training['activeSet'], b: Float64Array) =>
      measure({ ...late, activeSet }).grade(
        {
          ...late.potential.evaluate(wild.structure, buildNeighbours(wild.structure, 5), []),
          projections: b,
          projectionWidth,
        },
        wild.structure,
      );
    const exact = grade(late.activeSet, projections);
    const single = grade([rounded], projections.map(Math.fround));
    exact.forEach((g, i) => {
      expect(Math.abs(single[i] - g)).toBeLessThan(0.01);
    });
  });
});

describe('close pairs', () => {
  const model = createAce(
    aceRequestSchema.parse({ elements: ['Cu'], cutoff: '5.5 Å', nradmax: [20, 6], lmax: [0, 3] }),
  );
  const frames = [0, 1, 2, 3, 4, 5].map((k) => labelled(copper(k, k < 3 ? 0.06 : 0.15)));
  /** Energy of a dimer beyond that of two atoms far apart, eV. */
  const repulsion = (potential: Potential, r: number) => {
    const energyAt = (x: number) => {
      const s = dimer('Cu', 'Cu', x);
      return potential.evaluate(s, buildNeighbours(s, potential.cutoff), []).energy;
    };
    return energyAt(r) - energyAt(2 * potential.cutoff);
  };
  /** Largest relative deviation from the core repulsion between 1.25 and 1.45 Å. */
  const deviation = (corePrior: boolean) => {
    const { potential } = createTrainer(trainSchema.parse({ corePrior }), model).learn(frames);
    const distances = [1.25, 1.3, 1.35, 1.4, 1.45];
    return Math.max(...distances.map((r) => Math.abs(repulsion(potential, r) / repulsion(model, r) - 1)));
  };

  it('are held to the core repulsion where no data reach', () => {
    expect(repulsion(model, 1.45)).toBeGreaterThan(10);
    const free = deviation(false);
    expect(free).toBeGreaterThan(0.5);
    expect(deviation(true)).toBeLessThan(0.5 * free);
    expect(deviation(true)).toBeLessThan(0.5);
  });
});
