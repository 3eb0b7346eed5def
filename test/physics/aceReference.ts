import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AceOptions, type AcePotential, acePotential } from '../../potentials/ace/ace.ts';
import type { AceModel } from '../../potentials/ace/model.ts';
import { readPacemaker } from '../../potentials/ace/pacemaker.ts';
import { readYace } from '../../potentials/ace/yace.ts';
import type { Structure } from '../../src/core/structure.ts';

const folder = new URL('../../../shared/reference/ace/', import.meta.url);

/** Whether the reference numbers are at hand; on a build machine they have to be. */
export function haveReference(): boolean {
  if (existsSync(folder)) return true;
  if (process.env.CI) throw new Error('the ACE reference numbers are missing');
  console.log('skipped: the ACE reference numbers (../shared/reference/ace) are not here');
  return false;
}

export interface ReferenceConfig {
  readonly name: string;
  readonly warning?: string;
  readonly cell: readonly (readonly number[])[] | null;
  readonly pbc: readonly [boolean, boolean, boolean];
  readonly species: readonly string[];
  readonly positions: readonly (readonly number[])[];
  readonly energy: number;
  readonly energies: readonly number[];
  readonly forces: readonly (readonly number[])[];
  /** +dE/dε. */
  readonly virial: readonly (readonly number[])[];
  /** eV/Å³, tensile positive, 3 × 3; of fully periodic systems. */
  readonly stress?: readonly (readonly number[])[];
  /** With the original's interpolation tables. */
  readonly tabulated?: Pick<ReferenceConfig, 'energies' | 'forces' | 'virial'>;
  readonly atoms: readonly { readonly B?: readonly number[] }[];
  readonly gamma?: readonly number[];
  readonly gamma_roundoff?: readonly number[];
  readonly gamma_nonlinear?: readonly number[];
  readonly gamma_nonlinear_roundoff?: readonly number[];
}

export interface Reference {
  readonly elements: readonly string[];
  readonly configs: readonly ReferenceConfig[];
  readonly function_order?: Readonly<
    Record<string, readonly { mus: number[]; ns: number[]; ls: number[]; LS: number[] }[]>
  >;
}

export function referenceText(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

export function referencePath(file: string): string {
  return fileURLToPath(new URL(file, folder));
}

export function referenceBytes(file: string): Uint8Array {
  return readFileSync(new URL(file, folder));
}

export function referenceNumbers(potential: string): Reference {
  return JSON.parse(referenceText(`${potential.replace(/\.(yaml|yace)$/, '')}.json`)) as Reference;
}

export function referenceModel(file: string): AceModel {
  const text = referenceText(file);
  return file.endsWith('.yace') ? readYace(text, file) : readPacemaker(text, file);
}

export function referencePotential(file: string, options?: AceOptions): AcePotential {
  return acePotential(referenceModel(file), options);
}

export function structureOf(c: ReferenceConfig, elements: readonly string[]): Structure {
  return {
    elements,
    species: Uint8Array.from(c.species, (s) => elements.indexOf(s)),
    positions: Float64Array.from(c.positions.flat()),
    cell: Float64Array.from(c.cell?.flat() ?? new Array<number>(9).fill(0)),
    periodic: c.pbc,
  };
}
