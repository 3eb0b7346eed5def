import { UserError } from '../core/errors.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { formatDatasetFrame } from './datasetFile.ts';
import { numbered, pathsIn } from './directory.ts';
import { loadModel } from './modelFolder.ts';
import { storedRunConfig } from './stored.ts';
import { writeReferenceRun } from './strain/referenceFiles.ts';
import { controlRun } from './validation/control.ts';
import { writeControlFiles } from './validation/controlFile.ts';
import { referenceFrames } from './validation/reference.ts';

/** A job of a worker thread: its only input is the directory of the run, its only output files in it. */
export interface Job {
  readonly root: string;
}

/** Nobody interrupts a job: its thread is ended. */
const uninterrupted = new AbortController().signal;

/** What went wrong by a user's mistake, as text: errors lose their kind between threads. */
export type Complaint = string | undefined;

async function complaintOf(work: () => Promise<void>): Promise<Complaint> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

export function writeReference({ root }: Job): Promise<Complaint> {
  return complaintOf(async () => {
    const frames = await referenceFrames(storedRunConfig(root), uninterrupted);
    const text = frames.map((frame, k) => formatDatasetFrame(k + 1, frame)).join('');
    writeFileAtomic(pathsIn(root)('validation.xyz'), text);
  });
}

export function writeControl({ root }: Job): Promise<Complaint> {
  return complaintOf(async () => {
    const path = pathsIn(root);
    const start = loadModel(path('models', numbered(1)));
    writeControlFiles(path, await controlRun(storedRunConfig(root), start, uninterrupted));
  });
}

/** `run`: which of the reference's runs, from 1. */
export function writeStrainReference({ root, run }: Job & { readonly run: number }): Promise<Complaint> {
  return complaintOf(() => writeReferenceRun(pathsIn(root), storedRunConfig(root), run, uninterrupted));
}
