import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { acePotential } from '../../potentials/ace/ace.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { formatLammpsData } from '../io/writeLammpsData.ts';
import { composition } from '../learn/e0.ts';
import { type Expectation, lammpsInput } from './lammpsInput.ts';
import { loadModel, type StoredModel } from './modelFolder.ts';
import { publishedGrade } from './publishedGrade.ts';

/**
 * Writes the model in `folder` for LAMMPS into `out`: potential.yace, .yaml and .asi, in.lammps, and structure.data where a
 * structure is given. Throws a UserError for an element the model does not know. Returns the names of the files.
 */
export function exportModel(folder: string, out: string, structure?: Structure): string[] {
  const stored = loadModel(folder);
  const { model } = stored.potential;
  const expected = structure && expect(stored, structure);
  mkdirSync(out, { recursive: true });
  const copied = ['potential.yace', 'potential.yaml', 'potential.asi'];
  for (const name of copied) copyFileSync(join(folder, name), join(out, name));
  const written = {
    'in.lammps': lammpsInput(model, `serendip model ${folder}`, expected),
    ...(structure && { 'structure.data': formatLammpsData(structure, model.elements).text }),
  };
  for (const [name, text] of Object.entries(written)) writeFileAtomic(join(out, name), text);
  return [...copied, ...Object.keys(written)];
}

function expect(stored: StoredModel, s: Structure): Expectation {
  const { model } = stored.potential;
  const potential = acePotential(model, { tabulated: true });
  const sets = new Map(stored.activeSet.map((set) => [set.element, set]));
  const grade = publishedGrade(potential, sets, 'potential.asi');
  const e = potential.evaluate(s, buildNeighbours(s, potential.cutoff), grade.needs);
  const gamma = grade.grade(e, s);
  const worst = gamma.reduce((most, g, i) => (g > gamma[most] ? i : most), 0);
  const counts = composition(s, model.elements);
  return {
    periodic: s.periodic,
    atoms: atomCount(s),
    energy: e.energy,
    e0: model.centres.reduce((sum, c, k) => sum + counts[k] * c.e0, 0),
    grade: gamma[worst],
    atom: worst + 1,
  };
}
