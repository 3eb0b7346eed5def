import { describe, expect, test } from 'vitest';
import { logAxis } from '../../src/report/axes.ts';
import { integer, number, simulationTime, times, wallTime } from '../../src/report/format.ts';
import { html } from '../../src/report/html.ts';
import { parseTable } from '../../src/report/read/table.ts';
import { thresholdsIn } from '../../src/report/read/thresholds.ts';
import { countInfinite, thinIndices, thinTrace } from '../../src/report/sampling.ts';
import { quantile, rankCorrelation, slope } from '../../src/report/statistics.ts';
import { gradeScale, placeOf } from '../../src/report/viewer/scale.ts';

describe('tables', () => {
  test('a torn last row is left out, words that are no number are NaN', () => {
    const t = parseTable('step,gamma_max\n0,1.5\n10,Infinity\n20,oops\n30,2');
    expect(Array.from(t.step)).toEqual([0, 10, 20]);
    expect(Array.from(t.gamma_max)).toEqual([1.5, Number.POSITIVE_INFINITY, Number.NaN]);
  });
});

describe('sampling', () => {
  const x = Array.from({ length: 50_000 }, (_, k) => k);
  test('thinning keeps a single spike and the order', () => {
    const y = x.map((k) => (k === 31_234 ? 99 : Math.sin(k)));
    const thin = thinTrace(x, y, 1000);
    expect(thin.length).toBeLessThanOrEqual(1000);
    expect(thin).toContainEqual({ x: 31_234, y: 99 });
    expect(thin.every((p, k) => k === 0 || p.x > thin[k - 1].x)).toBe(true);
  });

  test('points that are not finite are left out and infinite ones counted', () => {
    const y = [1, Number.NaN, Number.POSITIVE_INFINITY, 4];
    expect(thinTrace([0, 1, 2, 3], y)).toEqual([
      { x: 0, y: 1 },
      { x: 3, y: 4 },
    ]);
    expect(countInfinite(y)).toBe(1);
  });

  test('even indices stay inside and do not repeat', () => {
    const chosen = thinIndices(10_001, 900);
    expect(new Set(chosen).size).toBe(900);
    expect(Math.max(...chosen)).toBeLessThan(10_001);
    expect(thinIndices(3, 900)).toEqual([0, 1, 2]);
  });

  test('a logarithmic axis ignores what has no logarithm', () => {
    const axis = logAxis([0, -3, Number.NaN, Number.POSITIVE_INFINITY, 0.02, 700]);
    expect(axis.domain[0]).toBeLessThan(0.02);
    expect(axis.domain[1]).toBeGreaterThan(700);
    expect(axis.ticks).toEqual([0.1, 1, 10, 100, 1000]);
    expect(logAxis([]).domain).toEqual([0.1, 10]);
    expect(logAxis([2, 9]).ticks).toEqual([2, 5, 10]);
  });
});

describe('statistics', () => {
  test('rank correlation with ties', () => {
    expect(rankCorrelation([1, 2, 2, 4], [1, 3, 2, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 12);
    expect(rankCorrelation([1, 2, 3], [9, 4, -1])).toBeCloseTo(-1, 12);
  });

  test('quantiles and slope', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([], 0.5)).toBeNaN();
    expect(slope([0, 1, 2], [5, 3, 1])).toBeCloseTo(-2, 12);
  });
});

describe('words', () => {
  test('numbers', () => {
    expect(number(0.123456)).toBe('0.123');
    expect(number(-2.5)).toBe('−2.5');
    expect(number(1.7e-5, 2)).toBe('1.7e-5');
    expect(number(Number.NaN)).toBe('–');
    expect(number(Number.POSITIVE_INFINITY)).toBe('∞');
    expect(integer(1234567)).toBe('1\u202f234\u202f567');
    expect(simulationTime(40_000)).toBe('40 ps');
    expect(wallTime(374.2)).toBe('6.2 min');
    expect([0, 1, 2, 3].map(times)).toEqual(['never', 'once', 'twice', '3 times']);
  });

  test('text is escaped, markup is not', () => {
    expect(html`<p>${'<b>&"'}${html`<i>${3}</i>`}${undefined}</p>`.markup).toBe(
      '<p>&lt;b&gt;&amp;&quot;<i>3</i></p>',
    );
  });
});

describe('thresholds and colours', () => {
  test('thresholds are found by kind', () => {
    const config = {
      uncertainty: {
        measures: [
          { kind: 'extrapolationGrade', select: 2, pause: 10 },
          { kind: 'committee', select: '0.1 eV/Å', pause: '0.3 eV/Å' },
        ],
      },
      model: { kind: 'ace' },
    };
    expect(thresholdsIn(config)).toEqual({
      extrapolationGrade: { select: 2, pause: 10 },
      committee: { select: 0.1, pause: 0.3 },
    });
  });

  test('the colour scale rises with γ, its middle is select', () => {
    const scale = gradeScale([0.5, 40, Number.POSITIVE_INFINITY], { select: 2, pause: 10 });
    expect(scale.domain[2]).toBe(40);
    expect(placeOf(scale, 2)).toBeCloseTo(scale.middle, 12);
    expect(placeOf(scale, Number.POSITIVE_INFINITY)).toBe(1);
    expect(placeOf(scale, Number.NaN)).toBe(0);
    const places = [0.01, 0.5, 2, 5, 10, 30].map((g) => placeOf(scale, g));
    expect(places).toEqual([...places].sort((p, q) => p - q));
  });
});
