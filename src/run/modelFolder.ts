import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { LearnableAce } from '../../potentials/ace/ace.ts';
import { readActiveSets, writeActiveSets } from '../../potentials/ace/activeSetFile.ts';
import { aceToYaml, readLearnable, writeEnsemble } from '../../potentials/ace/ensembleFile.ts';
import { writeYace } from '../../potentials/ace/yaceWrite.ts';
import { UserError } from '../core/errors.ts';
import { syncFolder } from '../io/durable.ts';
import { readJson } from '../io/readJson.ts';
import type { ActiveSet } from '../learn/activeSet.ts';
import type { LocalSets } from '../learn/localSets.ts';
import type { Calibration } from '../uncertainty/calibration.ts';
import { CALIBRATION_FILE, readCalibrations, writeCalibrations } from './calibrationFile.ts';
import { readLocalSets, writeLocalSets } from './localSetsFiles.ts';

/** One generation of the ensemble. */
export interface StoredModel {
  readonly potential: LearnableAce;
  readonly activeSet: ActiveSet;
  readonly localSets?: readonly LocalSets[];
  /** What grades are in eV/Å; empty or absent where nothing was held out to learn it from. */
  readonly calibrations?: readonly Calibration[];
}

/**
 * Stores one generation: the driving potential as .yaml and .yace, ensemble.json (E₀, core repulsion, members), the active set
 * as .asi, span.json (what the residual is measured against) and, where there are some, the local active sets. The folder appears whole or not at all.
 */
export function storeModel(
  folder: string,
  { potential, activeSet, localSets, calibrations = [] }: StoredModel,
): void {
  const temporary = `${folder}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const inverses = new Map(activeSet.map((set) => [set.element, set]));
  const spans = activeSet.map(({ element, rank, span, scale }) => ({
    element,
    rank,
    span: [...span],
    scale: [...scale],
  }));
  const files = {
    'potential.yaml': aceToYaml(potential),
    'potential.yace': writeYace(potential.model),
    'ensemble.json': writeEnsemble(potential),
    'potential.asi': writeActiveSets(inverses),
    'span.json': JSON.stringify(spans),
    ...(localSets && writeLocalSets(localSets)),
    ...(calibrations.length > 0 && { [CALIBRATION_FILE]: writeCalibrations(calibrations) }),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(temporary, name), content);
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
  syncFolder(dirname(folder));
}

const spansSchema = z.array(
  z.strictObject({
    element: z.string(),
    rank: z.int(),
    span: z.array(z.number()),
    scale: z.array(z.number()),
  }),
);

/** Throws a UserError where a file is missing or damaged. */
export function loadModel(folder: string): StoredModel {
  const read = (name: string) => {
    const path = join(folder, name);
    if (!existsSync(path))
      throw new UserError(
        `${path}: is missing; name a model folder such as run/models/0001, or one that 'serendip fit' wrote`,
      );
    return readFileSync(path);
  };
  const [yaml, ensemble] = ['potential.yaml', 'ensemble.json'].map((name) => read(name).toString());
  const potential = readLearnable(yaml, ensemble, folder);
  const inverses = readActiveSets(read('potential.asi'), join(folder, 'potential.asi'));
  const spans = readSpans(join(folder, 'span.json'));
  const activeSet = spans.map(({ element, rank, span, scale }) => ({
    element,
    ...inverses.get(element)!,
    rank,
    span: Float64Array.from(span),
    scale: Float64Array.from(scale),
  }));
  const localSets = readLocalSets(folder);
  const calibrations = readCalibrations(folder);
  return { potential, activeSet, ...(localSets && { localSets }), calibrations };
}

function readSpans(file: string): z.output<typeof spansSchema> {
  const parsed = spansSchema.safeParse(readJson(file));
  if (!parsed.success)
    throw new UserError(`${file}: is not as this program writes it; use the file of a model folder`);
  return parsed.data;
}
