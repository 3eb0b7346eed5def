import type { RunEvent } from '../../src/run/events.ts';
import {
  type Fake,
  fakeAtoms,
  flaggedAtom,
  forceRmseAfter,
  generationAfter,
  noise,
  pauseStep,
  uniform,
  validationSummary,
} from './fakeRun.ts';

/** Labels of the starting data. */
const START = 4;

/** The stream of events that belongs to the fake run. */
export function fakeEvents(fake: Fake): RunEvent[] {
  const atoms = fakeAtoms(fake);
  const events: RunEvent[] = [
    {
      type: 'started',
      title: 'Copper melts',
      atoms,
      elements: ['Cu'],
      calculator: 'eam (copper.eam.alloy)',
      steps: fake.steps,
      timestep: fake.timestep,
      step: 0,
    },
  ];
  let label = 0;
  while (label < START) events.push(labelled(fake, ++label, 0));
  events.push(trained(1, label));
  for (let pause = 1; pause <= fake.pauses; pause++) {
    const wanted = Math.round(START + ((fake.labels - START) * pause) / fake.pauses);
    events.push(paused(fake, pause), extracted(fake, pause, true));
    if (pause % 5 === 0) events.push(extracted(fake, pause, false), quarantined(pause));
    while (label < wanted) events.push(labelled(fake, ++label, pause));
    const generation = generationAfter(fake, pause);
    if (generation !== generationAfter(fake, pause - 1)) events.push(trained(generation, label));
    events.push({ type: 'resumed', pause, step: pauseStep(fake, pause) - 30, generation });
    events.push({ type: 'checkpoint', step: pauseStep(fake, pause) - 30 });
  }
  events.push({ type: 'validated', summary: validationSummary(fake) });
  events.push({
    type: 'finished',
    reason: 'steps',
    step: fake.steps,
    labels: label,
    pauses: fake.pauses,
    generation: fake.generations,
    seconds: { md: 212.4, extract: 9.8, label: 96.1, train: 31.7, validate: 24.2 },
  });
  return events;
}

function labelled(fake: Fake, label: number, pause: number): RunEvent {
  const starting = pause === 0;
  const error = forceRmseAfter(label / fake.labels) * Math.exp(0.25 * noise(90, label)) * 1.6;
  return {
    type: 'labelled',
    label,
    group: starting ? 'start' : `pause-${pause}`,
    pause,
    atoms: starting ? fakeAtoms(fake) : 98,
    hash: `f${label.toString(16).padStart(15, '0')}`,
    cached: label % 6 === 0,
    seconds: label % 6 === 0 ? 0.002 : 2 + uniform(91, label),
    ...(starting
      ? {}
      : {
          before: {
            energyRmse: error / 20,
            forceRmse: error,
            forceMax: 4 * error,
            maxGrade: 11 + pause,
            maxSigma: 0.3 * error,
            pairs: {
              measure: 'extrapolationGrade',
              grades: [11 + pause],
              sigmas: [error / 3],
              errors: [error],
            },
          },
        }),
  };
}

function trained(generation: number, frames: number): RunEvent {
  const force = 0.02 + 0.004 * generation;
  return {
    type: 'trained',
    generation,
    frames,
    rows: frames * 300,
    functions: 312,
    members: 8,
    seconds: 1.2 + 0.3 * generation,
    errors: { energyRmse: 0.0004 + 0.0001 * generation, forceRmse: force, forceMax: 5 * force },
    regularisation: 1.7e-4 / generation,
    environments: frames * 98,
  };
}

function paused(fake: Fake, pause: number): RunEvent {
  const step = pauseStep(fake, pause);
  return {
    type: 'paused',
    pause,
    reason: pause === 7 ? 'unstable' : 'uncertain',
    detail: pause === 7 ? '1 of 256 atoms faster than 0.2 Å/fs (41)' : 'extrapolationGrade above pause',
    step,
    time: step * fake.timestep,
    trustedStep: step - 30,
    flagged: [
      { atom: flaggedAtom(fake, pause), measure: 'extrapolationGrade', grade: 11 + pause },
      { atom: 3, measure: 'extrapolationGrade', grade: 4.2 },
    ],
    flaggedCount: 2 + (pause % 3),
    temperature: 300 + (1500 * step) / fake.steps,
  };
}

function extracted(fake: Fake, pause: number, accepted: boolean): RunEvent {
  return {
    type: 'extracted',
    pause,
    atom: accepted ? flaggedAtom(fake, pause) : 3,
    proof: {
      cut: pause === 1 ? 'whole' : 'patch',
      atoms: 98,
      coreAtoms: 31,
      learned: 31,
      forceDeviation: accepted ? 0.004 + 0.001 * pause : 0.21,
      bufferGrade: accepted ? 1.4 : 8.3,
      minimumDistance: 1.98,
      accepted,
      reason: accepted ? '' : 'core forces differ by 0.21 eV/Å, at most 0.05 eV/Å are allowed',
    },
  };
}

function quarantined(pause: number): RunEvent {
  return {
    type: 'quarantined',
    pause,
    hash: `9b${String(pause).padStart(14, '0')}`,
    reason: 'largest force 61 eV/Å exceeds 30 eV/Å',
    directory: `labels/quarantine/9b${pause}`,
  };
}
