import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../src/core/errors.ts';
import { filePath } from '../../src/core/filePath.ts';
import { entry } from '../../src/core/registry.ts';
import { acePotential } from './ace.ts';
import { readPotentialFile } from './potentialFile.ts';

/** A published expansion with any embedding, as it stands in its file. */
export const ace = entry({
  kind: 'ace',
  schema: z.strictObject({
    file: filePath('.yaml of pacemaker or .yace'),
    tabulated: z
      .boolean()
      .default(false)
      .meta({ description: "radial functions from the field's interpolation tables, as LAMMPS does" }),
  }),
  create({ file, tabulated }) {
    const exact = readPotentialFile(read(file), file);
    return tabulated ? acePotential(exact.model, { tabulated }) : exact;
  },
});

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`ace.file: got ${file}, must be a readable file (${reason}); check the path`);
  }
}
