import { parse } from 'yaml';
import { potentials } from '../../potentials/registry.ts';
import { parseSource } from '../config/load.ts';
import { UserError } from '../core/errors.ts';
import type { Potential } from '../core/potential.ts';
import { buildPrototype, PROTOTYPE_NAMES, prototypeSchema } from '../core/prototypes.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { readStructureFile } from '../io/readStructureFile.ts';

/** A crystal as a command line names it: a file, or a prototype with its elements and lattice parameters. */
export interface CrystalOptions {
  readonly structure: string | undefined;
  readonly prototype: string | undefined;
  readonly elements: readonly string[] | undefined;
  readonly a: string | undefined;
  readonly c: string | undefined;
  readonly u: number | undefined;
}

/** How both are asked for, and the potential that is to judge it. */
export const CRYSTAL = {
  prototype: { choices: PROTOTYPE_NAMES, describe: 'a crystal by name instead of a file' },
  elements: { alias: 'element', type: 'string', array: true, describe: 'in the order of the formula' },
  a: { type: 'string', describe: "lattice parameter to start from: '3.6 Å'" },
  c: { type: 'string', describe: 'that along c' },
  u: { type: 'number', describe: 'internal coordinate of rutile' },
  potential: {
    alias: 'model',
    type: 'string',
    describe: 'a model folder, .yaml, .yace, or the options of a built-in one: {kind: stillingerWeber}',
  },
} as const;

/** Throws a UserError in the name of `command` where it is not one crystal. */
export function crystalFrom(o: CrystalOptions, command: string): Structure {
  if ((o.structure === undefined) === (o.prototype === undefined))
    throw new UserError(
      `${command}: needs one crystal; name a structure file, or --prototype with --elements and --a`,
    );
  if (o.structure !== undefined) return readStructureFile(o.structure);
  const { prototype, a, c, u, elements = [] } = o;
  const input = {
    prototype,
    ...(elements.length === 1 ? { element: elements[0] } : { elements }),
    ...(a !== undefined && { a }),
    ...(c !== undefined && { c }),
    ...(u !== undefined && { u }),
  };
  return buildPrototype(parseSource(prototypeSchema, { name: '--prototype', input }));
}

/** From the options of a built-in one, written after the option `name`. */
export function builtInPotential(name: string, text: string): Potential {
  const input: unknown = parse(text);
  return potentials.create(parseSource(potentials.schema, { name, input }));
}

/** In lowest terms, such as TiO2. */
export function formula(s: Structure): string {
  const count = (k: number) => s.species.reduce((n, x) => n + (x === k ? 1 : 0), 0);
  const counts = s.elements.map((_, k) => count(k));
  const most = atomCount(s);
  const divisor = Array.from({ length: most }, (_, d) => most - d).find((d) =>
    counts.every((n) => n % d === 0),
  )!;
  return s.elements.map((e, k) => e + (counts[k] / divisor > 1 ? counts[k] / divisor : '')).join('');
}
