import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { wasmBackend } from '../../backend/wasm/wasmBackend.ts';
import type { RunConfig } from '../../config/schema.ts';
import { writeFileAtomic } from '../../io/durable.ts';
import { writeNumber } from '../../io/number.ts';
import { readStrainCurve } from '../../report/read/strain.ts';
import { parseTable } from '../../report/read/table.ts';
import { strainReferences } from '../cores.ts';
import { numbered } from '../directory.ts';
import { referencePotential } from '../validation/reference.ts';
import { CURVE_COLUMNS, type CurvePoint, curveRow } from './curve.ts';
import { drivenByReference } from './reference.ts';
import { restAtYield, type YieldFrame } from './yieldFrames.ts';

type Path = (...parts: string[]) => string;

/** What a reference's own run leaves: its curve, then, when all is done, its atoms at rest. `run` counts from 1. */
function filesOf(path: Path, run: number): { readonly curve: string; readonly rest: string } {
  const at = (ending: string) => path('strain-reference', `${numbered(run)}.${ending}`);
  return { curve: at('csv'), rest: at('json') };
}

/** Carries out one of the reference's runs and leaves its files. */
export async function writeReferenceRun(
  path: Path,
  config: RunConfig,
  run: number,
  signal: AbortSignal,
): Promise<void> {
  const { curve, frames } = await drivenByReference(config, run, signal);
  const files = filesOf(path, run);
  mkdirSync(dirname(files.curve), { recursive: true });
  const text = formatCurve(run, curve);
  writeFileAtomic(files.curve, text);
  const evaluator = await wasmBackend(1).evaluator!(referencePotential(config));
  try {
    const read = readStrainCurve(`reference ${run}`, parseTable(text), config);
    const rested = await restAtYield(evaluator, read, frames);
    writeFileAtomic(files.rest, JSON.stringify(rested.map(({ frame }) => frame)));
  } finally {
    evaluator.dispose();
  }
}

/** Runs of the reference that have not been carried out yet. */
export function missingReferences(path: Path, config: Pick<RunConfig, 'strain'>): number[] {
  return runsOf(config).filter((run) => !existsSync(filesOf(path, run).rest));
}

/** One table of all curves; every run must have been carried out. */
export function joinReferences(path: Path, config: Pick<RunConfig, 'strain'>): void {
  const texts = runsOf(config).map((run) => readFileSync(filesOf(path, run).curve, 'utf8'));
  const body = (text: string, k: number) => (k === 0 ? text : text.slice(text.indexOf('\n') + 1));
  if (texts.length > 0) writeFileAtomic(path('strain-reference.csv'), texts.map(body).join(''));
}

/** The reference's atoms at rest. */
export function referenceRest(path: Path, run: number): readonly YieldFrame[] {
  const { rest } = filesOf(path, run);
  return existsSync(rest) ? JSON.parse(readFileSync(rest, 'utf8')) : [];
}

function runsOf(config: Pick<RunConfig, 'strain'>): number[] {
  return Array.from({ length: strainReferences(config) }, (_, k) => k + 1);
}

/** As strain.csv, the number of the run first. */
function formatCurve(run: number, curve: readonly CurvePoint[]): string {
  const rows = curve.map((point) => [run, ...curveRow(point)].map(writeNumber).join(','));
  return [['run', ...CURVE_COLUMNS].join(','), ...rows, ''].join('\n');
}
