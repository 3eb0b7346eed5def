import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readActiveSet, writeActiveSet } from '../../potentials/ace/activeSetFile.ts';
import { readEnsemble, writeEnsemble } from '../../potentials/ace/ensembleFile.ts';
import { UserError } from '../core/errors.ts';
import { syncFolder } from '../io/durable.ts';
import type { Taught } from './assemble.ts';

/**
 * Stores one generation: potential.yaml (the driving potential, as pacemaker writes it), ensemble.json (E₀, core
 * repulsion and the members), potential.asi (the active set). The folder appears whole or not at all.
 */
export function storeModel(folder: string, { potential, activeSet }: Taught): void {
  const temporary = `${folder}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const { yaml, json } = writeEnsemble(potential);
  writeFileSync(join(temporary, 'potential.yaml'), yaml);
  writeFileSync(join(temporary, 'ensemble.json'), json);
  writeFileSync(join(temporary, 'potential.asi'), writeActiveSet(activeSet));
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
  syncFolder(join(folder, '..'));
}
