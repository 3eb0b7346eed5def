import { expect, it } from 'vitest';
import { areaUnderCurve, flagRate, recallOfWorst } from '../../src/uncertainty/detection.ts';

const ramp = Float64Array.from({ length: 100 }, (_, k) => k);

it('recall is the share of the worst that is looked at', () => {
  expect(recallOfWorst(ramp, ramp)).toBe(1);
  expect(
    recallOfWorst(
      ramp.map((x) => -x),
      ramp,
    ),
  ).toBe(0);
  expect(
    recallOfWorst(
      ramp.map((x) => (x >= 95 ? x : 95 - x)),
      ramp,
      0.1,
      0.1,
    ),
  ).toBe(0.5);
  expect(recallOfWorst(ramp, ramp, 0.2, 0.1)).toBe(0.5);
});

it('the area under the curve counts pairs in the right order, ties by half', () => {
  expect(areaUnderCurve([1, 2, 3], [4, 5])).toBe(1);
  expect(areaUnderCurve([1, 2, 3], [0])).toBe(0);
  expect(areaUnderCurve([1, 2], [1, 2])).toBe(0.5);
  expect(areaUnderCurve([1, 2, 3, Infinity], [2, Infinity])).toBe((1.5 + 3.5) / 8);
});

it('the flag rate counts what is above', () => {
  expect(flagRate([0, 1, 2, Infinity], 1)).toBe(0.5);
});
