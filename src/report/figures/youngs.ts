import type { TopLevelSpec } from 'vega-lite';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import { COLOUR, SERIES } from '../theme.ts';

type Direction = readonly [number, number, number];

/** Young's modulus in GPa along a unit vector of the crystal's own axes. */
export type Youngs = (n: Direction) => number;

const PLANES = [
  { name: 'z = 0', along: [1, 0, 0], up: [0, 1, 0] },
  { name: 'y = 0', along: [1, 0, 0], up: [0, 0, 1] },
  { name: 'x = y', along: [Math.SQRT1_2, Math.SQRT1_2, 0], up: [0, 0, 1] },
] as const;

const STEPS = 120;

/** Sections through the surface of directional Young's modulus; `members` are drawn thin behind it. */
export function youngsSections(mean: Youngs, members: readonly Youngs[]): Figure {
  const curve = (E: Youngs, member: number, { name, along, up }: (typeof PLANES)[number]) =>
    Array.from({ length: STEPS + 1 }, (_, k) => {
      const [c, s] = [Math.cos((2 * Math.PI * k) / STEPS), Math.sin((2 * Math.PI * k) / STEPS)];
      const size = E([0, 1, 2].map((x) => c * along[x] + s * up[x]) as unknown as Direction);
      return { plane: name, member, k, x: c * size, y: s * size };
    });
  const values = PLANES.flatMap((plane) => [mean, ...members].flatMap((E, e) => curve(E, e - 1, plane)));
  const reach = 1.05 * Math.max(...values.map(({ x, y }) => Math.hypot(x, y)));
  const axis = (field: string, title: string) => ({
    field,
    type: 'quantitative' as const,
    scale: { domain: [-reach, reach], nice: false },
    axis: { title, tickCount: 5 },
  });
  const shared = { x: axis('x', 'GPa'), y: axis('y', 'GPa'), order: { field: 'k' } };
  const color = {
    field: 'plane',
    type: 'nominal' as const,
    scale: { range: SERIES },
    legend: { title: 'plane' },
  };
  const detail = { field: 'member', type: 'nominal' as const };
  return {
    id: 'youngs-sections',
    half: true,
    title: 'Young’s modulus by direction',
    caption: `Distance from the middle is the modulus along that direction of the crystal’s own axes.${members.length > 0 ? ' Thin: the members of the ensemble.' : ''}`,
    spec: {
      width: HALF_WIDTH,
      height: HALF_WIDTH,
      data: { values },
      layer: [
        {
          transform: [{ filter: 'datum.member >= 0' }],
          mark: { type: 'line', strokeWidth: 0.6, opacity: 0.5 },
          encoding: { ...shared, color, detail },
        },
        {
          transform: [{ filter: 'datum.member < 0' }],
          mark: { type: 'line', strokeWidth: 2 },
          encoding: { ...shared, color },
        },
      ],
    } as TopLevelSpec,
  };
}

const RINGS = 20;

/** The surface itself, seen from above one corner, coloured by the modulus. */
export function youngsSurface(E: Youngs): Figure {
  const point = (ring: number, turn: number): Direction => {
    const [theta, phi] = [(Math.PI * ring) / RINGS, (Math.PI * turn) / RINGS];
    return [Math.sin(theta) * Math.cos(phi), Math.sin(theta) * Math.sin(phi), Math.cos(theta)];
  };
  const tiles = Array.from({ length: RINGS }, (_, r) =>
    Array.from({ length: 2 * RINGS }, (_, t) =>
      tile(E, [point(r, t), point(r + 1, t), point(r + 1, t + 1), point(r, t + 1)]),
    ),
  )
    .flat()
    .sort((p, q) => p.depth - q.depth);
  return {
    id: 'youngs-surface',
    half: true,
    title: 'Its surface',
    caption: 'As far from the middle as the modulus is large, seen from [2 1 1]; z is up.',
    spec: {
      width: HALF_WIDTH,
      height: HALF_WIDTH,
      data: { values: tiles.map(({ feature }) => feature) },
      projection: { type: 'identity', reflectY: true },
      mark: { type: 'geoshape', strokeWidth: 0.3, stroke: COLOUR.quiet },
      encoding: {
        color: {
          field: 'properties.E',
          type: 'quantitative',
          scale: { scheme: 'viridis' },
          legend: { title: 'GPa', orient: 'right' },
        },
      },
    } as TopLevelSpec,
  };
}

/** Looking along [2 1 1]: two directions across the view and how far away things are. */
const SIGHT = [2, 1, 1].map((x) => x / Math.sqrt(6));
const ACROSS = [-1, 2, 0].map((x) => x / Math.sqrt(5));
const UP = [0, 1, 2].map(
  (x) => SIGHT[(x + 1) % 3] * ACROSS[(x + 2) % 3] - SIGHT[(x + 2) % 3] * ACROSS[(x + 1) % 3],
);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, k) => sum + x * b[k], 0);

/** A quadrilateral as a flat feature, its outline clockwise as projections on a plane want it. */
function tile(E: Youngs, corners: readonly Direction[]) {
  const sizes = corners.map(E);
  const at = corners.map((n, k) => n.map((x) => x * sizes[k]));
  const ring = at.map((p) => [dot(p, ACROSS), dot(p, UP)]);
  return {
    depth: at.reduce((sum, p) => sum + dot(p, SIGHT), 0),
    feature: {
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] },
      properties: { E: sizes.reduce((sum, x) => sum + x / 4, 0) },
    },
  };
}
