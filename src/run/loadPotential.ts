import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { type AcePotential, acePotential } from '../../potentials/ace/ace.ts';
import { activeSetKind, readActiveSets } from '../../potentials/ace/activeSetFile.ts';
import { readPacemaker } from '../../potentials/ace/pacemaker.ts';
import { fullProjections } from '../../potentials/ace/projections.ts';
import { readYace } from '../../potentials/ace/yace.ts';
import { UserError } from '../core/errors.ts';
import type { Evaluation, Potential } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';
import { measures } from '../uncertainty/registry.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import { loadModel } from './modelFolder.ts';

/** A potential from a file, and the grade of its active set where it has one. */
export interface LoadedPotential {
  readonly potential: Potential;
  readonly grade?: Uncertainty;
}

/** Reads a model folder, a .yaml or a .yace file, with the .asi file `activeSet` if given. Throws a UserError. */
export function loadPotential(path: string, activeSet?: string): LoadedPotential {
  if (!existsSync(path))
    throw new UserError(`potential: '${path}' is not there; name a model folder, .yaml or .yace`);
  if (statSync(path).isDirectory()) {
    if (activeSet !== undefined)
      throw new UserError(
        `active set: '${path}' is a model folder and brings its own; leave --active-set out`,
      );
    const model = loadModel(path);
    return { potential: model.potential, grade: measures.create({ kind: 'extrapolationGrade' })(model) };
  }
  const potential = acePotential(readModel(path));
  return activeSet === undefined ? { potential } : { potential, grade: gradeOf(potential, activeSet) };
}

function readModel(path: string) {
  const text = readFileSync(path, 'utf8');
  if (extname(path) === '.yaml') return readPacemaker(text, basename(path));
  if (extname(path) === '.yace') return readYace(text, basename(path));
  throw new UserError(`potential: got '${path}', must be a model folder, .yaml or .yace`);
}

/** γ by a published active set, linear or full. */
function gradeOf(potential: AcePotential, file: string): Uncertainty {
  const { model } = potential;
  if (model.form !== 'B')
    throw new UserError(
      `active set: a .yace potential has no projections to grade; give the .yaml it was made from`,
    );
  const sets = readActiveSets(readFileSync(file), file);
  const kind = activeSetKind(
    sets,
    model.elements.map((symbol, a) => {
      const { functions, embedding } = model.centres[a];
      return { symbol, functions: functions.length, densities: embedding.prefactors.length };
    }),
    file,
  );
  return {
    kind: 'extrapolationGrade',
    unit: '',
    needs: ['projections'],
    grade({ projections, projectionWidth }: Evaluation, s: Structure) {
      return Float64Array.from(s.species, (species, i) => {
        const a = model.elements.indexOf(s.elements[species]);
        const { functions, embedding } = model.centres[a];
        const linear = projections.subarray(i * projectionWidth, i * projectionWidth + functions.length);
        const size = functions.length * embedding.prefactors.length;
        const v = kind === 'linear' ? linear : fullProjections(model, a, linear, new Float64Array(size));
        return largestCoordinate(v, sets.get(model.elements[a])!.inverse);
      });
    },
  };
}

/** max_k |Σ_f v_f M[f][k]|. */
function largestCoordinate(v: Float64Array, inverse: Float64Array): number {
  const c = new Float64Array(v.length);
  for (let f = 0; f < v.length; f++)
    for (let k = 0; k < v.length; k++) c[k] += v[f] * inverse[f * v.length + k];
  return c.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}
