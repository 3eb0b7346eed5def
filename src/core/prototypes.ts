import { z } from 'zod';
import { isElement } from './elements.ts';
import { UserError } from './errors.ts';
import { oriented } from './oriented.ts';
import { settleAdatoms, takeOut } from './pointDefects.ts';
import { positive } from './quantity.ts';
import { type Structure, structureFrom, supercell } from './structure.ts';
import { slab } from './surfaces.ts';

/** A crystal by name: which sites its cell holds, and of which of its elements. */
interface Prototype {
  /** How many elements it takes. */
  readonly elements: number;
  /** Cell rows in units of a (and c), [9]. */
  cell(a: number, c: number): readonly number[];
  /** Fractional x y z and the index of the element. `u` is the free internal coordinate where there is one. */
  sites(u: number): readonly (readonly [number, number, number, number])[];
  /** c/a where the user gives no c. */
  readonly ratio: number;
}

const cubic = (a: number) => [a, 0, 0, 0, a, 0, 0, 0, a];
const hexagonal = (a: number, c: number) => [a, 0, 0, -a / 2, (a * Math.sqrt(3)) / 2, 0, 0, 0, c];
const tetragonal = (a: number, c: number) => [a, 0, 0, 0, a, 0, 0, 0, c];

const FACES = [
  [0, 0.5, 0.5],
  [0.5, 0, 0.5],
  [0.5, 0.5, 0],
] as const;
const CORNERS = [[0, 0, 0], ...FACES] as const;

/** A face-centred lattice of element `k`, moved by `shift` along the diagonal or the edge. */
const faceCentred = (k: number, [x, y, z]: readonly [number, number, number] = [0, 0, 0]) =>
  CORNERS.map((f) => [(f[0] + x) % 1, (f[1] + y) % 1, (f[2] + z) % 1, k] as const);

const QUARTER = [0.25, 0.25, 0.25] as const;

const PROTOTYPES = {
  sc: { elements: 1, ratio: 1, cell: cubic, sites: () => [[0, 0, 0, 0]] },
  fcc: { elements: 1, ratio: 1, cell: cubic, sites: () => faceCentred(0) },
  bcc: {
    elements: 1,
    ratio: 1,
    cell: cubic,
    sites: () => [
      [0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0],
    ],
  },
  hcp: {
    elements: 1,
    ratio: Math.sqrt(8 / 3),
    cell: hexagonal,
    sites: () => [
      [0, 0, 0, 0],
      [1 / 3, 2 / 3, 0.5, 0],
    ],
  },
  diamond: {
    elements: 1,
    ratio: 1,
    cell: cubic,
    sites: () => [...faceCentred(0), ...faceCentred(0, QUARTER)],
  },
  zincblende: {
    elements: 2,
    ratio: 1,
    cell: cubic,
    sites: () => [...faceCentred(0), ...faceCentred(1, QUARTER)],
  },
  rocksalt: {
    elements: 2,
    ratio: 1,
    cell: cubic,
    sites: () => [...faceCentred(0), ...faceCentred(1, [0.5, 0, 0])],
  },
  B2: {
    elements: 2,
    ratio: 1,
    cell: cubic,
    sites: () => [
      [0, 0, 0, 0],
      [0.5, 0.5, 0.5, 1],
    ],
  },
  // A3B: the first element on the faces, the second at the corner (Ni3Al: [Ni, Al]).
  L1_2: {
    elements: 2,
    ratio: 1,
    cell: cubic,
    sites: () => [[0, 0, 0, 1], ...FACES.map((f) => [...f, 0] as const)],
  },
  // AB: layers of either element along c of a face-centred lattice.
  L1_0: {
    elements: 2,
    ratio: 1,
    cell: tetragonal,
    sites: () => faceCentred(0).map(([x, y, z]) => [x, y, z, z === 0 ? 0 : 1] as const),
  },
  // AB with the ideal u = 3/8.
  wurtzite: {
    elements: 2,
    ratio: Math.sqrt(8 / 3),
    cell: hexagonal,
    sites: () => [
      [0, 0, 0, 0],
      [1 / 3, 2 / 3, 0.5, 0],
      [0, 0, 0.375, 1],
      [1 / 3, 2 / 3, 0.875, 1],
    ],
  },
  // AB2: A on a face-centred lattice, B in all tetrahedra.
  fluorite: {
    elements: 2,
    ratio: 1,
    cell: cubic,
    sites: () => [...faceCentred(0), ...faceCentred(1, QUARTER), ...faceCentred(1, [0.75, 0.75, 0.75])],
  },
  // ABX3: A at the corner, B in the middle, X on the faces.
  perovskite: {
    elements: 3,
    ratio: 1,
    cell: cubic,
    sites: () => [[0, 0, 0, 0], [0.5, 0.5, 0.5, 1], ...FACES.map((f) => [...f, 2] as const)],
  },
  // AB2, P4_2/mnm: A at 2a, B at 4f (u, u, 0).
  rutile: {
    elements: 2,
    ratio: 0.644,
    cell: tetragonal,
    sites: (u) => [
      [0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0],
      [u, u, 0, 1],
      [1 - u, 1 - u, 0, 1],
      [0.5 + u, 0.5 - u, 0.5, 1],
      [0.5 - u, 0.5 + u, 0.5, 1],
    ],
  },
} as const satisfies Record<string, Prototype>;

export type PrototypeName = keyof typeof PROTOTYPES;
export const PROTOTYPE_NAMES = Object.keys(PROTOTYPES) as [PrototypeName, ...PrototypeName[]];

const symbol = z
  .string()
  .refine(isElement, { message: 'must be a chemical symbol such as Cu' })
  .meta({ description: 'chemical symbol' });

/** The config section `structure:` when it names a crystal instead of a file. */
export const prototypeSchema = z.strictObject({
  prototype: z.enum(PROTOTYPE_NAMES),
  element: symbol.optional().meta({ description: 'for prototypes of one element' }),
  elements: z.array(symbol).optional().meta({ description: 'for compounds, in the order of the formula' }),
  a: positive('length'),
  c: positive('length')
    .optional()
    .meta({ description: 'hcp, wurtzite, L1_0 and rutile; the ideal ratio if absent' }),
  u: z.number().min(0).max(0.5).default(0.305).meta({ description: 'rutile: internal coordinate' }),
  repeat: z
    .tuple([z.int().min(1), z.int().min(1), z.int().min(1)])
    .default([1, 1, 1])
    .meta({ description: 'cells along a, b, c; in a slab the third number counts atomic layers' }),
  orientation: z
    .array(z.tuple([z.int(), z.int(), z.int()]))
    .length(3)
    .optional()
    .meta({
      description:
        'lattice vectors that come to lie along x, y and z, such as [1, -1, 0], [1, 1, -2], [1, 1, 1]',
    }),
  surface: z
    .strictObject({
      plane: z.enum(['100', '110', '111']),
      vacuum: positive('length').prefault('15 Å'),
    })
    .optional()
    .meta({ description: 'a slab, open along z, of a cubic crystal' }),
  vacancies: z
    .union([z.int().min(0), z.array(z.int().min(0))])
    .default(0)
    .meta({ description: 'how many, spread as far apart as they can be, or the indices of the atoms' }),
  adatoms: z
    .array(
      z.strictObject({
        element: symbol.optional(),
        at: z.tuple([z.number(), z.number()]).meta({
          description: 'fractions of the slab; it settles in the nearest hollow',
        }),
      }),
    )
    .default([]),
});
export type PrototypeOptions = z.output<typeof prototypeSchema>;

/** One cell of a crystal. `a`, `c` in Å; `u` the internal coordinate of rutile. */
export function crystal(
  name: PrototypeName,
  elements: readonly string[],
  a: number,
  more: { readonly c?: number | undefined; readonly u?: number } = {},
): Structure {
  const prototype: Prototype = PROTOTYPES[name];
  if (elements.length !== prototype.elements)
    throw new UserError(
      `structure ${name}: got ${elements.length} elements, needs ${prototype.elements}; ` +
        (prototype.elements === 1 ? "write 'element: Cu'" : "write 'elements: [Ni, Al]'"),
    );
  const cell = prototype.cell(a, more.c ?? a * prototype.ratio);
  const sites = prototype.sites(more.u ?? 0.305);
  const positions = sites.flatMap(([x, y, z]) =>
    [0, 1, 2].map((k) => x * cell[k] + y * cell[3 + k] + z * cell[6 + k]),
  );
  return structureFrom(
    sites.map((site) => elements[site[3]]),
    positions,
    cell,
  );
}

/** Builds what the config section asks for. Throws a UserError where it asks for the impossible. */
export function buildPrototype(o: PrototypeOptions): Structure {
  const unit = crystal(o.prototype, o.elements ?? (o.element ? [o.element] : []), o.a, { c: o.c, u: o.u });
  if (o.surface && o.orientation)
    throw new UserError(
      'structure orientation: got a surface too, whose plane says it already; leave one out',
    );
  const cell = o.orientation ? oriented(unit, o.orientation) : unit;
  const perfect = o.surface
    ? slab(unit, o.surface.plane, o.repeat, o.surface.vacuum)
    : supercell(cell, o.repeat);
  if (o.adatoms.length > 0 && !o.surface)
    throw new UserError(`structure adatoms: got ${o.adatoms.length} without a surface; add 'surface:'`);
  return settleAdatoms(takeOut(perfect, o.vacancies), o.adatoms);
}
