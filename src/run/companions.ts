import { existsSync } from 'node:fs';
import { Piscina } from 'piscina';
import type { RunConfig } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { Complaint } from './companionJobs.ts';
import type { RunDirectory } from './directory.ts';
import type { RunItem } from './items.ts';

/**
 * What can be computed beside the run on another core: the reference's own trajectory, and the control run as soon as
 * there is a first generation; the reference's own strain curves. All leave files, so that a resumed run need not repeat them.
 */
export interface Companions {
  /** Must see every item of the run. */
  see(item: RunItem): void;
  /** Waits for all; throws what went wrong in them, or that they were interrupted. */
  finished(): Promise<void>;
  /** Ends them. */
  close(): Promise<void>;
}

export function startCompanions(
  { root, path }: RunDirectory,
  config: RunConfig,
  resumed: boolean,
  signal: AbortSignal,
): Companions {
  const { validate, strain } = config;
  if (!validate && !strain?.reference) return { see() {}, async finished() {}, async close() {} };
  const pool = new Piscina({ filename: new URL('companionJobs.js', import.meta.url).href, maxThreads: 1 });
  const jobs: Promise<Complaint>[] = [];
  const start = (name: 'writeReference' | 'writeControl' | 'writeStrainReference') => {
    const job: Promise<Complaint> = pool.run({ root }, { name, signal });
    job.catch(() => {}); // thrown again by finished()
    jobs.push(job);
  };
  const startControl = () => {
    if (validate?.control && !existsSync(path('control.json'))) start('writeControl');
  };
  if (validate && !existsSync(path('validation.xyz'))) start('writeReference');
  if (strain?.reference && !existsSync(path('strain-reference.csv'))) start('writeStrainReference');
  if (resumed) startControl();
  return {
    see(item) {
      if (item.type === 'modelled' && item.generation === 1) startControl();
    },
    async finished() {
      const complaints = (await Promise.all(jobs)).filter((c) => c !== undefined);
      if (complaints.length > 0) throw new UserError(complaints.join('; '), 4);
    },
    close: () => pool.destroy(),
  };
}
