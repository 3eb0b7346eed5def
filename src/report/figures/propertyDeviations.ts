import type { TopLevelSpec } from 'vega-lite';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { COLOUR } from '../theme.ts';

export interface Deviation {
  readonly name: string;
  /** Per cent of the value it is compared with. */
  readonly off: number;
  readonly bar?: number;
}

/** How far every property is off, with its bar; undefined where nothing is compared. */
export function deviations(rows: readonly Deviation[]): Figure | undefined {
  if (rows.length === 0) return undefined;
  const values = rows.map(({ name, off, bar = 0 }) => ({ name, off, low: off - bar, high: off + bar }));
  const y = { field: 'name', type: 'nominal' as const, sort: null, axis: { title: null, labelLimit: 320 } };
  return {
    id: 'property-deviations',
    title: 'How far off',
    caption:
      'Difference from the reference, or from the literature where there is none, in per cent; bars are the members’ intervals of 95 %.',
    spec: {
      width: FULL_WIDTH - 140,
      height: { step: 17 },
      data: { values },
      layer: [
        { mark: { type: 'rule', color: COLOUR.quiet }, encoding: { x: { datum: 0 } } },
        {
          mark: { type: 'rule', strokeWidth: 2.5, color: COLOUR.sky },
          encoding: {
            y,
            x: { field: 'low', type: 'quantitative', axis: { title: 'off by (%)' } },
            x2: { field: 'high' },
          },
        },
        {
          mark: { type: 'point', color: COLOUR.blue },
          encoding: { y, x: { field: 'off', type: 'quantitative' } },
        },
      ],
    } as TopLevelSpec,
  };
}
