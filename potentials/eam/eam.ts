import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../src/core/errors.ts';
import { filePath } from '../../src/core/filePath.ts';
import { positive } from '../../src/core/quantity.ts';
import { entry } from '../../src/core/registry.ts';
import { embeddedAtom } from './embeddedAtom.ts';
import { interpolate, parseSetfl } from './setfl.ts';
import { zhou } from './zhou.ts';

/** Metals: either tables of a setfl `file`, or the analytic functions of a published `set` for `elements`. */
export const eam = entry({
  kind: 'eam',
  schema: z.strictObject({
    file: filePath('setfl file of LAMMPS eam/alloy or eam/fs').optional(),
    set: z
      .enum(['zhou'])
      .optional()
      .meta({ description: 'a published set: zhou knows 16 metals and alloys' }),
    elements: z.array(z.string()).min(1).optional().meta({ description: 'metals wanted of the set' }),
    cutoff: positive('length')
      .optional()
      .meta({ description: 'of the set; default √5 times the largest r_e' }),
  }),
  create({ file, set, elements, cutoff }) {
    if (file !== undefined) {
      if (set ?? elements ?? cutoff)
        throw new UserError(
          'eam: got file together with set, elements or cutoff, must be file alone; the file says all',
        );
      return embeddedAtom(interpolate(parseSetfl(read(file), file)));
    }
    if (!set || !elements)
      throw new UserError(
        "eam: got neither a file nor a set with elements; write 'file: Cu.eam.alloy', or 'set: zhou' and 'elements: [Cu]'",
      );
    return embeddedAtom(zhou(elements, cutoff));
  },
});

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`eam.file: got ${file}, must be a readable file (${reason}); check the path`);
  }
}
