import type { TopLevelSpec } from 'vega-lite';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import { COLOUR } from '../theme.ts';

/** A line, or several that share their x. */
interface Line {
  readonly x: readonly number[];
  readonly branches: readonly (readonly number[])[];
}

export interface CurvePlot extends Line {
  readonly kind: string;
  readonly title: string;
  readonly caption: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly members: readonly Line[];
  readonly reference?: Line;
  /** Named marks instead of numbers along x. */
  readonly corners?: readonly { readonly name: string; readonly at: number }[];
}

const WHO = { member: 'members', mean: 'mean', reference: 'reference' } as const;

/** What an ensemble says, its members thin behind it, and the reference dashed. */
export function curveFigure(plot: CurvePlot): Figure {
  const lines = [
    ...plot.members.map((line) => ({ who: WHO.member, line })),
    { who: WHO.mean, line: plot },
    ...(plot.reference ? [{ who: WHO.reference, line: plot.reference }] : []),
  ];
  const values = lines.flatMap(({ who, line }, k) =>
    line.branches.flatMap((branch, b) => branch.map((y, p) => ({ who, line: `${k}-${b}`, x: line.x[p], y }))),
  );
  const names = [...new Set(lines.map((l) => l.who))];
  const style = { [WHO.member]: COLOUR.sky, [WHO.mean]: COLOUR.blue, [WHO.reference]: COLOUR.vermilion };
  const encoding = {
    x: {
      field: 'x',
      type: 'quantitative',
      axis: { title: plot.xTitle, ...(plot.corners && named(plot.corners)) },
      scale: { zero: false, nice: false },
    },
    y: { field: 'y', type: 'quantitative', axis: { title: plot.yTitle } },
    detail: { field: 'line', type: 'nominal' },
    color: {
      field: 'who',
      type: 'nominal',
      sort: null,
      scale: { domain: names, range: names.map((n) => style[n]) },
      legend: names.length > 1 ? { title: null, symbolType: 'stroke' } : null,
    },
  };
  const layer = (who: string, mark: object) => ({
    transform: [{ filter: `datum.who === '${who}'` }],
    mark: { type: 'line', ...mark },
    encoding,
  });
  return {
    id: `property-${plot.kind}`,
    half: true,
    title: plot.title,
    caption: plot.caption,
    spec: {
      width: HALF_WIDTH,
      height: 260,
      data: { values },
      layer: [
        layer(WHO.member, { strokeWidth: 0.7, opacity: 0.7 }),
        layer(WHO.mean, { strokeWidth: 1.8 }),
        layer(WHO.reference, { strokeWidth: 1.4, strokeDash: [5, 3] }),
      ],
    } as TopLevelSpec,
  };
}

function named(corners: NonNullable<CurvePlot['corners']>) {
  const text = corners.map(({ name, at }) => `abs(datum.value - ${at}) < 1e-9 ? '${name}' : `).join('');
  return { values: corners.map((c) => c.at), labelExpr: `${text}''`, grid: true };
}
