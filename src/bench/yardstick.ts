import { spawnSync } from 'node:child_process';
import { UserError } from '../core/errors.ts';

/** Atom-steps per second of LAMMPS on one core, for an input that runs once; `folder` is where its potential lies. */
export function lammpsRate(input: string, folder: string): number {
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const run = spawnSync('lmp', ['-in', input, '-log', 'none'], { cwd: folder, env, encoding: 'utf8' });
  const loop = /Loop time of (\S+) on \d+ procs for (\d+) steps with (\d+) atoms/.exec(run.stdout ?? '');
  if (!loop)
    throw new UserError(
      `bench: lmp -in ${input} gave no loop time (${run.error?.message ?? `exit code ${run.status}`}); install LAMMPS or leave the yardstick out`,
    );
  const [seconds, steps, atoms] = loop.slice(1).map(Number);
  return (atoms * steps) / seconds;
}
