import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../io/durable.ts';
import type { Control } from './control.ts';

const HEADER = 'step,time_fs,temperature_K,gamma_max,force_rmse,force_max';

/** control.csv holds the course, control.json the outcome; the latter is written last and so vouches for both. */
export function writeControlFiles(path: (name: string) => string, { rows, summary }: Control): void {
  const lines = rows.map((r) =>
    [r.step, r.time, r.temperature, r.gradeMax, r.forceRmse, r.forceMax].join(','),
  );
  writeFileAtomic(path('control.csv'), `${[HEADER, ...lines].join('\n')}\n`);
  writeFileAtomic(path('control.json'), `${JSON.stringify(summary)}\n`);
}

export function readControlSummary(path: (name: string) => string): Control['summary'] {
  return JSON.parse(readFileSync(path('control.json'), 'utf8'));
}
