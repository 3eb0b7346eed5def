import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { normals, STREAM, uniforms } from '../../src/core/philox.ts';
import { atomCount, type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { writeXyz, type XyzOutput } from '../../src/io/writeXyz.ts';
import { fakeEvents } from './fakeRunEvents.ts';

export interface FakeRunOptions {
  readonly pauses?: number;
  readonly labels?: number;
  readonly generations?: number;
  readonly steps?: number;
  /** fcc cells along each edge: 4 makes 256 atoms. */
  readonly repeats?: number;
  /** False: a plain dynamics run, thermo.csv and trajectory.xyz only. */
  readonly learning?: boolean;
}

/** Start and end of the learning curve, so that tests know the numbers that a report must show. */
export const FAKE = {
  pauses: 12,
  labels: 40,
  generations: 6,
  steps: 20_000,
  repeats: 4,
  learning: true,
  timestep: 2,
  select: 3,
  pause: 10,
  startForceRmse: 0.312,
  finalForceRmse: 0.041,
  labelBudget: 60,
};
export type Fake = typeof FAKE;

const scratch = new Float64Array(4);

/** One standard normal that depends on its place alone. */
export function noise(topic: number, k: number): number {
  return normals(7, STREAM.velocities, topic, k, scratch)[0];
}

export function uniform(topic: number, k: number): number {
  return uniforms(7, STREAM.velocities, topic, k, scratch)[0];
}

/** Fills `directory` with what a run that melts copper would leave; every number is invented and repeatable. */
export function writeFakeRun(directory: string, options: FakeRunOptions = {}): Fake {
  const fake = { ...FAKE, ...options };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'thermo.csv'), thermo(fake));
  writeXyz(join(directory, 'trajectory.xyz'), trajectory(fake));
  writeFileSync(join(directory, 'config.resolved.yaml'), fake.learning ? CONFIG : PLAIN_CONFIG);
  if (!fake.learning) return fake;
  writeFileSync(join(directory, 'ledger.jsonl'), ledger(fake));
  writeFileSync(join(directory, 'validation.json'), JSON.stringify(validation(fake)));
  writeFileSync(join(directory, 'control.csv'), control(fake));
  for (let p = 1; p <= fake.pauses; p++) writePause(directory, fake, p);
  return fake;
}

/** Geometric interpolation of the force error, eV/Å, after a fraction of the labels. */
export function forceRmseAfter(fraction: number): number {
  return FAKE.startForceRmse * (FAKE.finalForceRmse / FAKE.startForceRmse) ** fraction;
}

/** Pauses crowd where the crystal begins to melt. */
export function pauseStep(fake: Fake, pause: number): number {
  const x = (pause - 0.5) / fake.pauses;
  return Math.round((fake.steps * (0.05 + 0.8 * x ** 0.7)) / 10) * 10;
}

export function generationAfter(fake: Fake, pause: number): number {
  return Math.min(fake.generations, 1 + Math.ceil((pause * (fake.generations - 1)) / fake.pauses));
}

function ledger(fake: Fake): string {
  const start = Date.parse('2025-03-01T09:00:00Z');
  const lines = fakeEvents(fake).map((e, k) =>
    JSON.stringify({ ...e, at: new Date(start + 4000 * k).toISOString() }),
  );
  return `${lines.join('\n')}\n{"type":"progr`;
}

function temperature(fake: Fake, step: number): number {
  return 300 + (1500 * step) / fake.steps;
}

function thermo(fake: Fake): string {
  const measures = fake.learning ? ',extrapolationGrade_max,committeeForce_max' : '';
  const rows = [
    `step,time_fs,temperature_K,pressure_GPa,potential_eV,kinetic_eV,conserved_eV,volume_A3,generation,labels${measures}`,
  ];
  const atoms = 4 * fake.repeats ** 3;
  for (let step = 0; step <= fake.steps; step += fake.steps / 1000) {
    const done = step / fake.steps;
    const pauses = fake.learning
      ? Array.from({ length: fake.pauses }, (_, p) => p + 1).filter((p) => pauseStep(fake, p) <= step)
      : [];
    const generation = pauses.length > 0 ? generationAfter(fake, pauses.length) : 1;
    const T = temperature(fake, step) * (1 + 0.03 * noise(1, step));
    const kinetic = 1.5 * 8.617e-5 * T * atoms;
    const since = step - (pauses.length > 0 ? pauseStep(fake, pauses.length) : 0);
    const grade = Math.min(9.5, 1.3 + 0.0012 * since * (1 + done) + 0.3 * Math.abs(noise(2, step)));
    const cells = [
      step,
      step * fake.timestep,
      T.toFixed(3),
      (2.1 * done + 0.25 * noise(3, step)).toFixed(4),
      (-3.49 * atoms + kinetic + 0.05 * noise(4, step)).toFixed(5),
      kinetic.toFixed(5),
      (-3.4 * atoms + 0.1 * generation + 2e-6 * step + 0.004 * noise(5, step)).toFixed(5),
      (11.8 * atoms * (1 + 0.06 * done)).toFixed(3),
      generation,
      fake.learning ? 4 + pauses.length * 3 : 0,
    ];
    if (fake.learning) cells.push(grade.toFixed(4), (0.02 * grade ** 0.9).toFixed(5));
    rows.push(cells.join(','));
  }
  return `${rows.join('\n')}\n`;
}

function fcc(fake: Fake): Structure {
  const a = 3.615;
  const basis = [0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0];
  const cell = structureFrom(['Cu', 'Cu', 'Cu', 'Cu'], basis, [a, 0, 0, 0, a, 0, 0, 0, a]);
  return supercell(cell, [fake.repeats, fake.repeats, fake.repeats]);
}

function shaken(s: Structure, amplitude: number, topic: number): Structure {
  return { ...s, positions: s.positions.map((x, k) => x + amplitude * noise(100 + topic, k)) };
}

function* trajectory(fake: Fake): Generator<XyzOutput> {
  const ideal = fcc(fake);
  for (let frame = 0; frame <= 40; frame++) {
    const step = (frame * fake.steps) / 40;
    const structure = shaken(ideal, 0.06 + 0.012 * frame, frame);
    const gamma = Float64Array.from(structure.species, (_, i) => 0.7 + 0.5 * Math.abs(noise(20 + frame, i)));
    const info = { step, time: step * fake.timestep };
    yield fake.learning ? { structure, info, columns: { gamma } } : { structure, info };
  }
}

/** Grades that rise towards one corner of the cell, where the worst atom sits. */
function writePause(directory: string, fake: Fake, pause: number): void {
  const folder = join(directory, 'pauses', String(pause).padStart(4, '0'));
  mkdirSync(folder, { recursive: true });
  const structure = shaken(fcc(fake), 0.12 + 0.02 * pause, 50 + pause);
  const worst = flaggedAtom(fake, pause);
  const distance = (i: number) =>
    Math.hypot(...[0, 1, 2].map((x) => structure.positions[3 * i + x] - structure.positions[3 * worst + x]));
  const gamma = Float64Array.from(
    structure.species,
    (_, i) =>
      0.6 + 0.4 * Math.abs(noise(60 + pause, i)) + (11 + pause) * Math.exp(-((distance(i) / 2.2) ** 2)),
  );
  writeXyz(join(folder, 'frame.xyz'), [{ structure, columns: { gamma } }]);
  const near = [...structure.species.keys()].filter((i) => distance(i) < 6.5);
  const patch = structureFrom(
    near.map(() => 'Cu'),
    near.flatMap((i) => [...structure.positions.subarray(3 * i, 3 * i + 3)]),
    [14, 0, 0, 0, 14, 0, 0, 0, 14],
  );
  const columns = {
    gamma: Float64Array.from(near, (i) => gamma[i]),
    core: Uint8Array.from(near, (i) => (distance(i) < 4.5 ? 1 : 0)),
  };
  writeXyz(join(folder, 'patch-1.xyz'), [{ structure: patch, columns }]);
}

export function flaggedAtom(fake: Fake, pause: number): number {
  return (37 * pause + 11) % (4 * fake.repeats ** 3);
}

function validation(fake: Fake) {
  const spread = (generation: number) => forceRmseAfter((generation - 1) / (fake.generations - 1));
  const parity = Array.from({ length: fake.generations }, (_, g) => {
    const reference = Array.from({ length: 600 }, (_, k) => 1.4 * noise(30, k));
    return {
      generation: g + 1,
      reference,
      predicted: reference.map((f, k) => f + spread(g + 1) * noise(31 + g, k)),
    };
  });
  const calibration = [1, fake.generations].map((generation) => {
    const grade = Array.from(
      { length: 500 },
      (_, k) => (generation === 1 ? 2.5 : 0.9) * Math.exp(0.7 * noise(40, k)),
    );
    const sigma = grade.map((g, k) => 0.04 * spread(generation) * g * Math.exp(0.3 * noise(41, k)) * 10);
    const error = sigma.map((s, k) => s * Math.exp(0.5 * noise(42 + generation, k)));
    return { generation, grade, sigma, error };
  });
  return {
    summary: validationSummary(fake),
    parity,
    calibration,
    selectGrade: fake.select,
    pauseGrade: fake.pause,
  };
}

export function validationSummary(fake: Fake) {
  return {
    frames: 20,
    generations: Array.from({ length: fake.generations }, (_, g) => {
      const forceRmse = forceRmseAfter(g / (fake.generations - 1));
      const labels = Math.round(4 + ((fake.labels - 4) * g) / (fake.generations - 1));
      return { generation: g + 1, labels, energyRmse: forceRmse / 25, forceRmse, forceMax: 5.1 * forceRmse };
    }),
    improvement: FAKE.startForceRmse / FAKE.finalForceRmse,
    control: {
      stepsCompleted: Math.round(0.62 * fake.steps),
      outcome: 'unstable: 3 atoms closer than 0.6 Å',
      forceRmse: 0.87,
      forceMax: 14.2,
    },
  };
}

function control(fake: Fake): string {
  const rows = ['step,time_fs,temperature_K,gamma_max,force_rmse,force_max'];
  for (let k = 0; k <= 62; k++) {
    const step = (k * fake.steps) / 100;
    const growth = Math.exp(k / 17);
    const grade = k === 40 ? 'Infinity' : (2 * growth * (1 + 0.1 * noise(80, k))).toFixed(3);
    const rmse = 0.08 * growth * (1 + 0.05 * noise(81, k));
    rows.push(
      [
        step,
        step * fake.timestep,
        temperature(fake, step).toFixed(1),
        grade,
        rmse.toFixed(5),
        (6 * rmse).toFixed(5),
      ].join(','),
    );
  }
  return `${rows.join('\n')}\n`;
}

export function fakeAtoms(fake: Fake): number {
  return atomCount(fcc(fake));
}

const PLAIN_CONFIG = `version: 1
title: Copper, plain dynamics
structure: { lattice: fcc, element: Cu, constant: 3.615 Å, repeats: [4, 4, 4] }
md: { integrator: { kind: velocityVerlet, timestep: 2 fs }, steps: 20000 }
`;

const CONFIG = `version: 1
title: Copper melts
structure: { lattice: fcc, element: Cu, constant: 3.615 Å, repeats: [4, 4, 4] }
model:
  basis: { kind: ace, cutoff: 5.5 Å }
  ensemble: { members: 8 }
md:
  integrator: { kind: langevin, timestep: 2 fs, friction: 1 1/ps }
  temperature: { from: 300 K, to: 1800 K }
  steps: 20000
uncertainty:
  interval: 10
  measures:
    - { kind: extrapolationGrade, select: 3, pause: 10 }
    - { kind: committeeForce, select: 0.08, pause: 0.25 }
label:
  calculator: { kind: eam, file: copper.eam.alloy }
stop: { labels: 60 }
`;
