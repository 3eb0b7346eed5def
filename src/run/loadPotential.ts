import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type AcePotential, acePotential } from '../../potentials/ace/ace.ts';
import { readActiveSets } from '../../potentials/ace/activeSetFile.ts';
import { readPotentialFile } from '../../potentials/ace/potentialFile.ts';
import { UserError } from '../core/errors.ts';
import type { Calibration } from '../uncertainty/calibration.ts';
import { measures } from '../uncertainty/registry.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import { loadModel } from './modelFolder.ts';
import { publishedGrade } from './publishedGrade.ts';

/** A potential from a file, and the grade of its active set where it has one. */
export interface LoadedPotential {
  readonly potential: AcePotential;
  readonly grade?: Uncertainty;
  /** What that grade is in eV/Å. */
  readonly calibration?: Calibration;
}

export interface LoadOptions {
  /** .asi file of a .yaml; a model folder brings its own. */
  readonly activeSet?: string;
  /** Radial functions by interpolation in the field's tables instead of by their formulas. */
  readonly tabulated?: boolean;
}

/** Reads a model folder, a .yaml or a .yace file. Throws a UserError. */
export function loadPotential(
  path: string,
  { activeSet, tabulated = false }: LoadOptions = {},
): LoadedPotential {
  if (!existsSync(path))
    throw new UserError(`potential: '${path}' is not there; name a model folder, .yaml or .yace`);
  const asked = <T extends AcePotential>(exact: T) =>
    tabulated ? acePotential(exact.model, { tabulated }) : exact;
  if (statSync(path).isDirectory()) {
    if (activeSet !== undefined)
      throw new UserError(
        `active set: got '${activeSet}' for '${path}', a model folder, which brings its own; leave --active-set out`,
      );
    const model = loadModel(path);
    const grade = measures.create({ kind: 'extrapolationGrade' })(model);
    const calibration = model.calibrations?.find((c) => c.measure === grade.kind);
    return { potential: asked(model.potential), grade, ...(calibration && { calibration }) };
  }
  const potential = asked(readPotentialFile(readFileSync(path, 'utf8'), basename(path)));
  if (activeSet === undefined) return { potential };
  if (!existsSync(activeSet))
    throw new UserError(`active set: '${activeSet}' is not there; name the .asi file of the potential`);
  const sets = readActiveSets(readFileSync(activeSet), activeSet);
  return { potential, grade: publishedGrade(potential, sets, activeSet) };
}
