import { potentials } from '../../../potentials/registry.ts';
import { crystal, type PrototypeName } from '../../../src/core/prototypes.ts';
import type { Structure } from '../../../src/core/structure.ts';
import { type Evaluates, plainly } from '../../../src/properties/evaluates.ts';
import { minimumEnergyPath } from '../../../src/properties/minimumEnergyPath.ts';
import { relax } from '../../../src/properties/relax.ts';
import { adatomMoves } from '../../support/adatomMoves.ts';
import { vacancyHop } from '../../support/vacancyHop.ts';

export const FILES = '/usr/share/lammps/potentials';

export interface Hop {
  readonly name: string;
  readonly options: { readonly kind: string; readonly file?: string };
  readonly crystal: readonly [PrototypeName, string, number];
  /** What LAMMPS calls the potential. */
  readonly commands: readonly string[];
  /** Two rest positions, relaxed. */
  ends(evaluates: Evaluates, unit: Structure): Promise<readonly [Structure, Structure]>;
}

async function vacancyEnds(evaluates: Evaluates, unit: Structure, repeat: readonly [number, number, number]) {
  const { initial, final } = vacancyHop(unit, repeat);
  const rest = async (s: Structure) => (await relax(evaluates, s, { cell: false })).structure;
  return [await rest(initial), await rest(final)] as const;
}

const aluminium = {
  options: { kind: 'eam', file: 'Al_zhou.eam.alloy' },
  crystal: ['fcc', 'Al', 4.05],
  commands: ['pair_style eam/alloy', `pair_coeff * * ${FILES}/Al_zhou.eam.alloy Al`],
} as const;

export const HOPS: readonly Hop[] = [
  {
    name: 'vacancy in copper',
    options: { kind: 'eam', file: 'Cu_mishin1.eam.alloy' },
    crystal: ['fcc', 'Cu', 3.615],
    commands: ['pair_style eam/alloy', `pair_coeff * * ${FILES}/Cu_mishin1.eam.alloy Cu`],
    ends: (evaluates, unit) => vacancyEnds(evaluates, unit, [2, 2, 2]),
  },
  {
    name: 'hop on aluminium (100)',
    ...aluminium,
    async ends(evaluates, unit) {
      const { initial, hop } = await adatomMoves(evaluates, unit, [3, 3, 4]);
      return [initial, await hop()];
    },
  },
  {
    name: 'exchange on aluminium (100)',
    ...aluminium,
    async ends(evaluates, unit) {
      const { initial, exchange } = await adatomMoves(evaluates, unit, [3, 3, 4]);
      return [initial, await exchange()];
    },
  },
  {
    name: 'split vacancy of silicon from one bond over to the other side',
    options: { kind: 'stillingerWeber' },
    crystal: ['diamond', 'Si', 5.431],
    commands: ['pair_style sw', `pair_coeff * * ${FILES}/Si.sw Si`],
    async ends(evaluates, unit) {
      const path = await minimumEnergyPath(evaluates, ...(await vacancyEnds(evaluates, unit, [2, 2, 2])));
      const [, from, to] = path.value!.rests;
      return [path.value!.images[from], path.value!.images[to]];
    },
  },
];

export function evaluatesOf({ options }: Pick<Hop, 'options'>): Evaluates {
  const file = options.file && `${FILES}/${options.file}`;
  return plainly(potentials.create(potentials.schema.parse(file ? { ...options, file } : options)));
}

export async function unitOf(evaluates: Evaluates, [prototype, element, a]: Hop['crystal']): Promise<Structure> {
  return (await relax(evaluates, crystal(prototype, [element], a), { cell: true })).structure;
}
