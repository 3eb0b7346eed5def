import { potentials } from '../../potentials/registry.ts';
import { labelByPotential } from '../calculators/potential.ts';
import { STREAM, uniforms } from '../core/philox.ts';
import { takeOut } from '../core/pointDefects.ts';
import type { Potential } from '../core/potential.ts';
import { crystal } from '../core/prototypes.ts';
import { atomCount, type Structure, supercell } from '../core/structure.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { rattled } from '../run/startingData.ts';

/** A pool made with a built-in reference: crystals at rest and hot, strained, with vacancies, and close to melts. */
export interface MadePool {
  readonly name: string;
  readonly elements: readonly string[];
  readonly cutoff: string;
  readonly reference: Potential;
  readonly cell: Structure;
  /** Its perfect crystal, as a config writes it. */
  readonly crystal: object;
}

const reference = (options: object) => potentials.create(potentials.schema.parse(options));

/** The four systems of Khan et al., arXiv 2601.06916, with the references that this project has for them. */
export const MADE_POOLS: readonly (() => MadePool)[] = [
  () => ({
    name: 'C, Tersoff',
    crystal: { prototype: 'diamond', element: 'C', a: '3.566 Å' },
    elements: ['C'],
    cutoff: '4 Å',
    reference: reference({ kind: 'tersoff', set: 'CSiGe1989', elements: ['C'] }),
    cell: supercell(crystal('diamond', ['C'], 3.566), [2, 1, 1]),
  }),
  () => ({
    name: 'Si, Stillinger-Weber',
    crystal: { prototype: 'diamond', element: 'Si', a: '5.431 Å' },
    elements: ['Si'],
    cutoff: '5 Å',
    reference: reference({ kind: 'stillingerWeber' }),
    cell: supercell(crystal('diamond', ['Si'], 5.431), [2, 1, 1]),
  }),
  () => ({
    name: 'Fe, EAM',
    crystal: { prototype: 'bcc', element: 'Fe', a: '2.866 Å' },
    elements: ['Fe'],
    cutoff: '5 Å',
    reference: reference({ kind: 'eam', set: 'zhou', elements: ['Fe'] }),
    cell: supercell(crystal('bcc', ['Fe'], 2.866), [2, 2, 2]),
  }),
  () => ({
    name: 'TiO₂, Matsui-Akaogi',
    crystal: { prototype: 'rutile', elements: ['Ti', 'O'], a: '4.594 Å' },
    elements: ['Ti', 'O'],
    cutoff: '5 Å',
    reference: reference({ kind: 'buckingham', set: 'matsuiAkaogi', cutoff: '8 Å', damping: '2.5 Å' }),
    cell: supercell(crystal('rutile', ['Ti', 'O'], 4.594), [1, 1, 2]),
  }),
];

/** Kinds of configuration and how often each comes: much that is alike, little that is strange, as in pools from dynamics. */
const KINDS = [
  { group: 'cool', upTo: 0.5, amplitude: 0.03, strain: 0.005, vacancy: false },
  { group: 'hot', upTo: 0.7, amplitude: 0.12, strain: 0.01, vacancy: false },
  { group: 'strained', upTo: 0.82, amplitude: 0.03, strain: 0.06, vacancy: false },
  { group: 'vacancy', upTo: 0.92, amplitude: 0.06, strain: 0.01, vacancy: true },
  { group: 'molten', upTo: 1, amplitude: 0.3, strain: 0.03, vacancy: false },
] as const;

/** `count` labelled frames; frame k is the same whatever the count. */
export function madeFrames({ reference, cell }: MadePool, count: number, seed: number): LabelledFrame[] {
  const four = new Float64Array(4);
  return Array.from({ length: count }, (_, k) => {
    const [lot, where] = uniforms(seed, STREAM.select, 2, k, four);
    const kind = KINDS.find(({ upTo }) => lot < upTo) ?? KINDS[0];
    const perfect = kind.vacancy ? takeOut(cell, [Math.floor(where * atomCount(cell))]) : cell;
    const [{ structure }] = rattled(perfect, { ...kind, frames: 1, seed: 1e6 * seed + k });
    return {
      structure,
      label: labelByPotential(reference, structure),
      core: new Uint8Array(atomCount(structure)).fill(1),
      faithful: true,
      group: kind.group,
      generation: 1,
    };
  });
}
