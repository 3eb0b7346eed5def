import { existsSync } from 'node:fs';
import { Piscina } from 'piscina';
import type { RunConfig } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { Complaint } from './companionJobs.ts';
import { dealCores } from './cores.ts';
import type { RunDirectory } from './directory.ts';
import type { RunItem } from './items.ts';
import { joinReferences, missingReferences } from './strain/referenceFiles.ts';

/**
 * What can be computed beside the run on other cores: the reference's own trajectory, and the control run as soon as
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
  const pool = new Piscina({
    filename: new URL('companionJobs.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: dealCores(config).beside,
  });
  const jobs: Promise<Complaint>[] = [];
  const start = (name: 'writeReference' | 'writeControl' | 'writeStrainReference', more: object = {}) => {
    const job: Promise<Complaint> = pool.run({ root, ...more }, { name, signal });
    job.catch(() => {}); // thrown again by finished()
    jobs.push(job);
  };
  const startControl = () => {
    if (validate?.control && !existsSync(path('control.json'))) start('writeControl');
  };
  if (validate && !existsSync(path('validation.xyz'))) start('writeReference');
  for (const run of missingReferences(path, config)) start('writeStrainReference', { run });
  if (resumed) startControl();
  return {
    see(item) {
      if (item.type === 'modelled' && item.generation === 1) startControl();
    },
    async finished() {
      const complaints = (await Promise.all(jobs)).filter((c) => c !== undefined);
      if (complaints.length > 0) throw new UserError([...new Set(complaints)].join('; '), 4);
      joinReferences(path, config);
    },
    close: () => pool.destroy(),
  };
}
