import { integrators } from '../../integrators/registry.ts';
import type { Integrator } from '../../integrators/substeps.ts';
import type { LearnableAce } from '../../potentials/ace/ace.ts';
import type { Backend, Watch, WatchedMeasure } from '../backend/backend.ts';
import { backends } from '../backend/registry.ts';
import { type LabelService, labelServiceFrom } from '../calculators/labelService.ts';
import type { EventsSection } from '../config/eventsSection.ts';
import type { MdConfig, RunConfig } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { MdState } from '../core/mdState.ts';
import { buildPrototype } from '../core/prototypes.ts';
import { type Structure, supercell } from '../core/structure.ts';
import { maxwellBoltzmann } from '../core/velocities.ts';
import type { EventRecord } from '../events/record.ts';
import { extractCandidates } from '../extract/extract.ts';
import { readStructureFile } from '../io/readStructureFile.ts';
import type { TrainOptions } from '../learn/schema.ts';
import { localGrade } from '../uncertainty/localGrade.ts';
import { measures } from '../uncertainty/registry.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import { dealCores, named } from './cores.ts';
import { readDataset } from './datasetFile.ts';
import type { RunDirectory } from './directory.ts';
import type { Cadence } from './drive.ts';
import { drivenBackend } from './driven.ts';
import { createJudge } from './judge.ts';
import type { StoredModel } from './modelFolder.ts';
import type { Course, RunParts } from './parts.ts';
import { discoveryOf } from './rareEvents/discovery.ts';
import { type Examine, finding } from './rareEvents/examine.ts';
import { verifying } from './rareEvents/verify.ts';
import { exchange } from './sharing.ts';
import { rattled } from './startingData.ts';
import { startingModel, trainerOf } from './startingModel.ts';
import { quasiStatic } from './strain/quasiStatic.ts';
import { type Straining, strainingOf } from './strain/straining.ts';
import { type GivenThresholds, type Thresholds, thresholdsFrom } from './thresholds.ts';

type Common = Pick<RunConfig, 'structure' | 'md' | 'output'>;

export function structureOf(config: Pick<RunConfig, 'structure'>): Structure {
  const { structure } = config;
  return 'file' in structure
    ? supercell(readStructureFile(structure.file, { frame: structure.frame }), structure.repeat)
    : buildPrototype(structure);
}

/** The structure with other repeats than the config's own, where some are given. */
export function repeatedBy(
  { structure }: Pick<RunConfig, 'structure'>,
  repeat: readonly [number, number, number] | undefined,
): Structure {
  return structureOf({ structure: repeat ? { ...structure, repeat: [...repeat] } : structure });
}

export function integratorOf({ md }: Common): Integrator {
  return integrators.create(md.integrator);
}

/** Atoms in place with Maxwell-Boltzmann velocities of the integrator's seed. */
export function startState({ md, ...config }: Common, integrator: Integrator): MdState {
  const structure = structureOf(config);
  const velocities = maxwellBoltzmann(structure, md.startTemperature, integrator.seed);
  return { step: 0, structure, velocities, extended: new Float64Array(0) };
}

export function cadenceOf({ md, output }: Common, straining?: Straining): Cadence {
  const { thermo, trajectory, checkpoint } = output;
  const curve = straining && { curve: straining.every };
  return { steps: md.steps, thermo, trajectory, checkpoint, ...curve };
}

/** Its steps are increments of strain where the config asks for that. `threads`: where the config says nothing and they are used. */
export function backendOf(
  { backend, strain }: Pick<MdConfig, 'backend' | 'strain'>,
  threads?: number,
): Backend {
  const chosen = backends.create({ ...(threads !== undefined && { threads }), ...named(backend) });
  return strain?.relax ? quasiStatic(chosen, strain.relax) : chosen;
}

/** The model a run will teach; it may know more elements than the structure has. */
export function untrainedOf(config: RunConfig, structure: Structure): LearnableAce {
  const model = startingModel(config.model);
  const missing = structure.elements.filter((e) => !model.elements.includes(e));
  if (missing.length > 0)
    throw new UserError(
      `model.${'file' in config.model ? 'file' : 'elements'}: got ${model.elements.join(', ')}, must hold every element of the structure; add ${missing.join(', ')}`,
    );
  return model;
}

/** Clusters of an element where a run asks for a local grade and does not say how many. */
const CLUSTERS = 8;

/** What rows of rest positions and saddles weigh beside others: by them events are judged. */
const EVENT_WEIGHT = 3;

/** How a run teaches: with local active sets where it watches their grade, and minding what events are judged by. */
export function trainOf({ train, uncertainty }: Pick<RunConfig, 'train' | 'uncertainty'>): TrainOptions {
  const { activeSet, weights } = train;
  const asked = uncertainty.measures.some(({ kind }) => kind === localGrade.kind);
  return {
    ...train,
    weights: { ...weights, groups: { event: EVENT_WEIGHT, ...weights.groups } },
    ...(asked && { activeSet: { ...activeSet, clusters: activeSet.clusters ?? CLUSTERS } }),
  };
}

/** Makes the measures a config asks for, for one generation; `inForce` in the place of the numbers of its measure. */
export function watchOf(
  config: Pick<RunConfig, 'uncertainty'>,
  training: StoredModel,
  inForce?: Thresholds,
): Watch {
  const never = Number.POSITIVE_INFINITY;
  const watched = config.uncertainty.measures.map(({ select = never, pause = never, ...options }) => ({
    measure: measures.create(options)(training),
    select: options.kind === inForce?.measure ? inForce.select : select,
    pause: options.kind === inForce?.measure ? inForce.pause : pause,
  }));
  return { interval: config.uncertainty.interval, measures: watched };
}

/** The first measure that can stop the run: by it structures are coloured and cuts are chosen. */
export function leadingMeasure(
  config: Pick<RunConfig, 'uncertainty'>,
  training: StoredModel,
  inForce?: Thresholds,
): WatchedMeasure {
  return watchOf(config, training, inForce).measures.find(({ pause }) => Number.isFinite(pause))!;
}

/** Where the leading measure begins to be remembered and to stop the run. */
export function givenThresholds({ uncertainty }: Pick<RunConfig, 'uncertainty'>): GivenThresholds {
  const { kind, select, pause } = uncertainty.measures.find((m) => m.pause !== undefined)!;
  return { measure: kind, select: select!, pause: pause! };
}

export function forceSpread(taught: StoredModel): Uncertainty {
  return measures.create({ kind: 'committeeForce' })(taught);
}

/** Everything the loop needs; `before`: events that a run which goes on has had. Throws a UserError where the parts do not fit together. */
export function assembleRun(
  config: RunConfig,
  directory: Pick<RunDirectory, 'path'>,
  before: readonly EventRecord[] = [],
): RunParts {
  const integrator = integratorOf(config);
  const start = startState(config, integrator);
  const { structure } = start;
  const model = untrainedOf(config, structure);
  const { rattle, dataset } = config.start;
  const backend = drivenBackend(backendOf(config, dealCores(config).run), integrator, config);
  const straining = strainingOf(config.strain, integrator, structure.cell, backend);
  const parts: Omit<RunParts, 'discovery'> = {
    title: config.title,
    calculator: calculatorName(config.label.calculator),
    start,
    backend,
    integrator,
    straining,
    cadence: cadenceOf(config, straining),
    limits: { labels: config.stop.labels, pauses: config.stop.pauses },
    trainer: trainerOf(trainOf(config), model, config.model),
    labels: labelsOf(config, structure, directory.path),
    lessons: rattle ? rattled(repeatedBy(config, rattle.repeat), rattle) : [],
    exchange: config.share ? exchange(config.share, directory.path(), model.elements) : undefined,
    looksForNews: config.shareAt === 'checkpoints',
    given: dataset ? readDataset(dataset) : [],
    thresholds: (labels) =>
      thresholdsFrom(givenThresholds(config), config.uncertainty.targetForceError, labels),
    watch: (training, inForce) => watchOf(config, training, inForce),
    judge: (training) =>
      createJudge(training.potential, leadingMeasure(config, training).measure, forceSpread(training)),
    extract: (frames, training, inForce) => {
      const { potential, activeSet: active, localSets } = training;
      const { measure: grade, select } = leadingMeasure(config, training, inForce);
      return extractCandidates(frames, { potential, active, localSets, grade, select }, config.extract);
    },
  };
  const { events } = config;
  return { ...parts, discovery: events && discoveryOf(events, backend, before, examinerFor(parts, events)) };
}

function examinerFor(parts: Omit<RunParts, 'discovery'>, events: EventsSection): Examine<Course> {
  return events.path && events.verify
    ? verifying(parts, events.path, events.verify, events)
    : finding(({ training }) => training.potential, events);
}

/** Labels lie in the run directory unless the config sends them elsewhere. */
export function labelsOf(
  config: RunConfig,
  { elements }: Structure,
  path: RunDirectory['path'],
): LabelService {
  const { label, base } = config;
  return labelServiceFrom(label, { elements, folder: base! }, path('labels'));
}

/** For people: what stands behind the calculator, where it is a potential. */
function calculatorName(calculator: {
  readonly kind: string;
  readonly potential?: { readonly kind: string };
}): string {
  return calculator.potential ? `${calculator.kind} ${calculator.potential.kind}` : calculator.kind;
}
