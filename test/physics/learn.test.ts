import { describe, expect, it } from 'vitest';
import type { LearnablePotential } from '../../potentials/learnable.ts';
import { volume } from '../../src/core/cell.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { errorsOn } from '../../src/learn/errors.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { createTrainer, type Training } from '../../src/learn/trainer.ts';
import { toyLearnable } from '../support/toyLearnable.ts';

const four = new Float64Array(4);

/** fcc CuZn, 32 atoms, rattled by `amplitude` Å, lattice constant `a` Å. */
function crystal(topic: number, amplitude: number, a = 3.7, symbols = ['Cu', 'Cu', 'Zn', 'Cu']): Structure {
  const unit = structureFrom(
    symbols,
    [0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
    [a, 0, 0, 0, a, 0, 0, 0, a],
  );
  const s = supercell(unit, [2, 2, 2]);
  const positions = s.positions.map(
    (x, k) => x + amplitude * normals(6, STREAM.rattle, topic, Math.floor(k / 3), four)[k % 3],
  );
  return { ...s, positions };
}

const cuZn = ['Cu', 'Zn'];
// The teacher of these tests has no core, so the pupil must not believe in one.
const CONFIG = {
  corePrior: false,
  e0: { Cu: '-3 eV', Zn: '-1 eV' },
  bounds: { forceRmse: '5 eV/Å', energyRmse: '5 eV/atom' },
};

/** A potential with known coefficients, the teacher. */
function teacher(wall = 1.5): LearnablePotential {
  const blank = toyLearnable(cuZn, { wall });
  const mean = Float64Array.from({ length: blank.functionCount }, (_, v) => {
    const square = v % 16 >= 8;
    return (square ? 0.01 : 0.3) * normals(8, STREAM.rattle, 99, v, four)[0];
  });
  return blank.withParameters({ e0: Float64Array.of(-3, -1), mean, members: [] });
}

function labelled(s: Structure, reference: LearnablePotential, group = 'rattled'): LabelledFrame {
  const e = reference.evaluate(s, buildNeighbours(s, reference.cutoff), ['forces', 'virial']);
  const V = volume(s.cell);
  const stress = Float64Array.from([0, 4, 8, 5, 2, 1], (k) => -e.virial[k] / V);
  return {
    structure: s,
    label: { energy: e.energy, forces: e.forces.slice(), stress },
    core: new Uint8Array(s.species.length).fill(1),
    faithful: true,
    group,
    generation: 0,
  };
}

function train(frames: readonly LabelledFrame[], config: object = CONFIG, wall = 1.5): Training {
  return createTrainer(trainSchema.parse(config), toyLearnable(cuZn, { wall })).learn(frames);
}

describe('training', () => {
  const reference = teacher();
  const frames = [0, 1, 2, 3].map((k) => labelled(crystal(k, 0.25, 3.55 + 0.1 * k), reference));

  it('recovers the coefficients behind the labels', () => {
    // One element: with two, Σ_Cu ρ(Zn) = Σ_Zn ρ(Cu), and labels cannot tell those coefficients apart.
    const blank = toyLearnable(['Cu'], { wall: 1.5 });
    const mean = blank.roughness.map(
      (_, v) => (v < 4 ? 0.3 : 0.01) * normals(8, STREAM.rattle, 99, v, four)[0],
    );
    const pure = blank.withParameters({ e0: Float64Array.of(-3), mean, members: [] });
    const crystals = [0, 1, 2].map((k) =>
      labelled(crystal(k, 0.25, 3.55 + 0.1 * k, ['Cu', 'Cu', 'Cu', 'Cu']), pure),
    );
    const config = { ...CONFIG, e0: { Cu: '-3 eV' } };
    const {
      potential,
      errors,
      rows,
      frames: count,
    } = createTrainer(trainSchema.parse(config), blank).learn(crystals);
    const found = potential.parameters.mean;
    expect(Math.max(...mean.map(Math.abs))).toBeGreaterThan(0.1);
    expect(Math.max(...found.map((c, v) => Math.abs(c - mean[v])))).toBeLessThan(1e-6);
    expect(errors.forceRmse).toBeLessThan(1e-8);
    expect([rows, count]).toEqual([3 * (1 + 6 + 96), 3]);
  });

  it('predicts a teacher of two elements on a frame it has not seen', () => {
    const { potential } = train(frames);
    const found = errorsOn(potential, [labelled(crystal(40, 0.2), reference)]);
    expect(found.energyRmse).toBeLessThan(1e-6);
    expect(found.forceRmse).toBeLessThan(1e-6);
  });

  it('learns from stress with the sign of the labels', () => {
    const config = { ...CONFIG, weights: { energy: 0, force: 0, stress: 1 } };
    const strained = Array.from({ length: 12 }, (_, k) =>
      labelled(crystal(k, 0.3, 3.4 + 0.05 * k), reference),
    );
    const { potential } = train(strained, { ...config, regularisation: 1e-14 });
    const s = crystal(30, 0.1, 3.6);
    const virial = (p: LearnablePotential) => p.evaluate(s, buildNeighbours(s, 5), ['virial']).virial[0];
    expect(Math.abs(virial(reference))).toBeGreaterThan(1);
    expect(Math.abs(virial(potential) / virial(reference) - 1)).toBeLessThan(0.01);
  });

  it('states errors that match an evaluation of every frame', () => {
    const noisy = frames.map((f, k) => {
      const forces = f.label.forces.map((x, i) => x + 0.05 * normals(9, STREAM.rattle, k, i, four)[0]);
      return { ...f, label: { ...f.label, energy: f.label.energy + 0.1 * k, forces } };
    });
    const half = noisy.map((f, k) => ({
      ...f,
      core: f.core.map((_, i) => (k === 1 && i > 9 ? 0 : 1)),
      faithful: k !== 1,
    }));
    const trainer = createTrainer(trainSchema.parse(CONFIG), toyLearnable(cuZn, { wall: 1.5 }));
    trainer.learn(half.slice(0, 2));
    const { potential, errors, environments } = trainer.learn(half.slice(2));
    const direct = errorsOn(potential, half);
    expect(direct.forceRmse).toBeGreaterThan(0.03);
    for (const key of ['energyRmse', 'forceRmse', 'forceMax'] as const)
      expect(errors[key] / direct[key]).toBeCloseTo(1, 9);
    expect(environments).toBe(3 * 32 + 10);
  });

  it('gives the same fit frame by frame as all at once, bitwise the same when replayed', () => {
    const config = { ...CONFIG, ensemble: { members: 4 } };
    const stepwise = () => {
      const trainer = createTrainer(trainSchema.parse(config), toyLearnable(cuZn, { wall: 1.5 }));
      return frames.map((f) => trainer.learn([f])).at(-1)!;
    };
    const first = stepwise();
    const second = stepwise();
    expect(second.potential.parameters).toEqual(first.potential.parameters);
    expect(second.activeSet).toEqual(first.activeSet);
    expect(train(frames, config).potential.parameters).toEqual(first.potential.parameters);
  });

  it('fits E₀ once when none is given', () => {
    const trainer = createTrainer(
      trainSchema.parse({ bounds: CONFIG.bounds }),
      toyLearnable(cuZn, { wall: 1.5 }),
    );
    const first = trainer.learn(frames.slice(0, 1)).potential.parameters.e0;
    expect(first[0]).toBeCloseTo(first[1] * 3, 9);
    expect(trainer.learn(frames.slice(1)).potential.parameters.e0).toEqual(first);
  });

  it('refuses labels that are not finite and learns nothing from the call', () => {
    const trainer = createTrainer(trainSchema.parse(CONFIG), toyLearnable(cuZn));
    const forces = frames[1].label.forces.map((f, k) => (k === 13 ? Number.NaN : f));
    const bad = { ...frames[1], label: { ...frames[1].label, forces } };
    expect(() => trainer.learn([frames[0], bad])).toThrow(/training frame 2: force of atom 4 is NaN/);
    expect(trainer.learn([frames[0]]).frames).toBe(1);
  });
});

describe.each(['bootstrap', 'posterior'])('%s ensemble', (kind) => {
  const reference = teacher();
  const config = { ...CONFIG, ensemble: { kind, members: 8, seed: 3 } };

  it('spreads where it was taught nothing, from the first frame on', () => {
    for (const count of [1, 4]) {
      const frames = Array.from({ length: count }, (_, k) => labelled(crystal(k, 0.1), reference));
      const { potential } = train(frames, config);
      expect(potential.parameters.members).toHaveLength(8);
      const known = forceSpread(potential, crystal(20, 0.1));
      const unknown = forceSpread(potential, crystal(20, 0.4, 3.3));
      expect(known).toBeGreaterThan(0);
      expect(unknown).toBeGreaterThan(5 * known);
    }
  });
});

/** eV/Å: root mean square over atoms and members of the force's deviation from the members' mean. */
function forceSpread(p: LearnablePotential, s: Structure): number {
  const { memberForces } = p.evaluate(s, buildNeighbours(s, p.cutoff), ['memberForces']);
  const size = memberForces.length / p.members;
  let squares = 0;
  for (let k = 0; k < size; k++) {
    const values = Array.from({ length: p.members }, (_, m) => memberForces[m * size + k]);
    const mean = values.reduce((a, b) => a + b) / p.members;
    squares += values.reduce((sum, f) => sum + (f - mean) ** 2, 0) / p.members;
  }
  return Math.sqrt((3 * squares) / size);
}

describe('physics check', () => {
  const reference = teacher();
  const frames = [0, 1].map((k) => labelled(crystal(k, 0.25), reference));

  it('passes a potential with a repulsive core', () => {
    expect(train(frames, CONFIG, 1.5).checks).toEqual({ passed: true, reasons: [] });
  });

  it('names the dimers that attract and the error that is too large', () => {
    const { checks } = train(
      frames,
      { ...CONFIG, bounds: { forceRmse: '0.001 eV/Å' }, regularisation: 1 },
      0,
    );
    expect(checks.passed).toBe(false);
    expect(checks.reasons.join('\n')).toMatch(/training error of forces: .* must be ≤ 0.001/);
    expect(checks.reasons.join('\n')).toMatch(/dimer Cu-Cu/);
  });
});
