import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { entry } from '../core/registry.ts';
import type { Structure } from '../core/structure.ts';
import { readXyz } from '../io/extxyz.ts';
import { formatXyz } from '../io/writeXyz.ts';
import { uncheckedLabelOf } from '../io/xyzLabel.ts';
import type { Job, Label } from './calculator.ts';
import type { MakeCalculator } from './factory.ts';
import { calculationFailed } from './failure.ts';
import { fingerprint, withFiles } from './fingerprint.ts';
import { runProgram } from './runProgram.ts';
import { differenceOf } from './sameAtoms.ts';

const schema = z.object({
  command: z.array(z.string().min(1)).min(1).meta({
    description:
      'program and arguments; {input} and {output} stand for the two extended XYZ files, a word that names a file for its full path',
  }),
});

const INPUT = 'input.xyz';
const OUTPUT = 'output.xyz';

/**
 * Any program: it finds the structure as extended XYZ and leaves the same atoms in the same order with energy, forces
 * and, if it can, stress. It runs in the job's directory.
 */
export const command = entry<MakeCalculator, typeof schema>({
  kind: 'command',
  schema,
  create: (options) => (context) => {
    const words = options.command.map((word) => withFiles(word, [context.folder], (path) => path));
    const script = words.find((word) => SCRIPT.test(word) && !existsSync(word));
    if (script !== undefined)
      throw new UserError(
        `label.calculator.command: '${script}' is not there; write it beside the config, or give its full path`,
      );
    return {
      kind: 'command',
      fingerprint: fingerprint('command', options, [context.folder]),
      async label(s, job) {
        const argv = words.map((word) =>
          word
            .replaceAll('{input}', join(job.directory, INPUT))
            .replaceAll('{output}', join(job.directory, OUTPUT)),
        );
        writeFileSync(join(job.directory, INPUT), formatXyz({ structure: s }));
        await runProgram(argv, job, 'install it or give its full path');
        return readAnswer(s, job);
      },
    };
  },
});

/** A word that can only be a file: better missed before the first label than in its log. */
const SCRIPT = /^[^{}]+\.(?:py|sh|js|mjs|pl|rb|jl)$/;

function readAnswer(s: Structure, job: Job): Label {
  const path = join(job.directory, OUTPUT);
  const failed = (what: string) => calculationFailed(what, job.directory);
  if (!existsSync(path)) throw failed(`the program ended without writing ${OUTPUT}`);
  try {
    const frames = readXyz(path);
    if (frames.length !== 1) throw failed(`${OUTPUT}: got ${frames.length} frames, must be 1`);
    const difference = differenceOf(s, frames[0].structure);
    if (difference) throw failed(`${OUTPUT}: ${difference}`);
    return uncheckedLabelOf(frames[0]);
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 2) throw failed(error.message);
    throw error;
  }
}
