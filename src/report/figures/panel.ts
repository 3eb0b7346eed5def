import type { TopLevelSpec } from 'vega-lite';
import type { LogAxis, TimeUnit } from '../axes.ts';
import type { Point } from '../sampling.ts';
import { COLOUR } from '../theme.ts';

/** One plot of a column of plots, as vega-lite takes it. */
export type Panel = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number];
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

export interface PanelAxes {
  readonly width: number;
  readonly height: number;
  readonly x: { readonly title: string; readonly domain: readonly [number, number]; readonly ticks?: number };
  readonly y: {
    readonly title: string | readonly string[];
    readonly log?: LogAxis;
    /** Whether a linear axis begins at zero. */
    readonly zero?: boolean;
  };
  /** Whether the x axis is named and numbered: true for the last of a column. */
  readonly last: boolean;
}

/** Layers over common axes. Data fields are `x` and `y`. */
export function panel(axes: PanelAxes, layer: readonly Layer[]): Panel {
  const { log, title, zero = false } = axes.y;
  const tickCount = axes.x.ticks ?? 10;
  return {
    width: axes.width,
    height: axes.height,
    encoding: {
      x: {
        type: 'quantitative',
        scale: { domain: [...axes.x.domain], nice: false },
        axis: axes.last
          ? { title: axes.x.title, grid: true, tickCount }
          : { title: null, labels: false, ticks: false, grid: true, tickCount },
      },
      y: {
        type: 'quantitative',
        scale: log ? { type: 'log', domain: [...log.domain], nice: false, clamp: true } : { zero },
        axis: {
          title: typeof title === 'string' ? title : [...title],
          minExtent: 42,
          ...(log
            ? { values: [...log.ticks], format: '.10~g' }
            : { tickCount: Math.max(3, Math.round(axes.height / 32)) }),
        },
      },
    },
    layer: [...layer],
  } as Panel;
}

export function lineLayer(points: readonly Point[], colour: string, width = 1.3): Layer {
  return {
    data: { values: [...points] },
    mark: { type: 'line', color: colour, strokeWidth: width, clip: true },
    encoding: { x: { field: 'x' }, y: { field: 'y' } },
  } as Layer;
}

export function pointLayer(
  points: readonly (Point & { href?: string })[],
  colour: string,
  mark: object = {},
): Layer {
  return {
    data: { values: [...points] },
    mark: { type: 'point', filled: true, color: colour, ...mark },
    encoding: {
      x: { field: 'x' },
      y: { field: 'y' },
      ...(points[0]?.href ? { href: { field: 'href' } } : {}),
    },
  } as Layer;
}

/** Vertical lines at the given x. */
export function verticalLayer(x: readonly number[], colour: string, mark: object = {}): Layer {
  return {
    data: { values: x.map((value) => ({ x: value })) },
    mark: { type: 'rule', color: colour, ...mark },
    encoding: { x: { field: 'x' }, y: { value: 0 }, y2: { value: 'height' } },
  } as Layer;
}

/** A dashed horizontal line with its name beside its right end. */
export function levelLayers(y: number, label: string, colour: string, right: number): Layer[] {
  const data = { values: [{ x: right, y }] };
  return [
    {
      data,
      mark: { type: 'rule', color: colour, strokeDash: [5, 3], strokeWidth: 1.2 },
      encoding: { x: { value: 0 }, x2: { value: 'width' }, y: { field: 'y' } },
    },
    besideLayer({ x: right, y }, label, colour),
  ] as Layer[];
}

/** A name to the right of a point. */
export function besideLayer(point: Point, label: string, colour: string): Layer {
  return {
    data: { values: [point] },
    mark: { type: 'text', text: label, color: colour, align: 'left', dx: 6, fontSize: 11.5, fontWeight: 500 },
    encoding: { x: { field: 'x' }, y: { field: 'y' } },
  } as Layer;
}

/** Values in their order, moved up where two lie nearer than `gap`, so that names beside them can be read. */
export function apart(values: readonly number[], gap: number): number[] {
  const out = [...values];
  const order = values.map((_, k) => k).sort((a, b) => values[a] - values[b]);
  order.forEach((k, rank) => {
    if (rank > 0) out[k] = Math.max(out[k], out[order[rank - 1]] + gap);
  });
  return out;
}

export function stack(panels: readonly Panel[]): TopLevelSpec {
  return { vconcat: [...panels] } as TopLevelSpec;
}

/** Time in its unit. */
export function inUnit(times: readonly number[], unit: TimeUnit): number[] {
  return times.map((t) => t / unit.size);
}

export const DIM = { color: COLOUR.quiet, opacity: 0.45, strokeWidth: 0.8 };
