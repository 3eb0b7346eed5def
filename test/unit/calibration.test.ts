import { describe, expect, it } from 'vitest';
import { normals, STREAM, uniforms } from '../../src/core/philox.ts';
import {
  calibrate,
  conformalQuantile,
  type ErrorPairs,
  forceErrorAt,
  gradesAt,
  joined,
} from '../../src/uncertainty/calibration.ts';
import { isotonic, reachOf, valueAt } from '../../src/uncertainty/monotone.ts';
import {
  chi3Quantile,
  likeliestScale,
  negativeLogLikelihood,
  normalCoverage,
} from '../../src/uncertainty/normalErrors.ts';

const four = new Float64Array(4);

/** Frames of 20 atoms whose force errors are normal with σ = 0.03·grade + 0.1·grade², of which the grade says nothing. */
function frames(count: number, topic: number): ErrorPairs[] {
  return Array.from({ length: count }, (_, f) => {
    const grades = Array.from(
      { length: 20 },
      (_, i) => 0.1 + 2 * uniforms(topic, STREAM.rattle, f, i, four)[0],
    );
    const errors = grades.map((g, i) => {
      const [x, y, z] = normals(topic, STREAM.rattle, 1000 + f, i, four);
      return (0.03 * g + 0.1 * g * g) * Math.hypot(x, y, z);
    });
    return { grades, errors };
  });
}

describe('isotonic regression', () => {
  it('gives back a rising function, and its inverse', () => {
    const x = Array.from({ length: 4000 }, (_, k) => k / 400);
    const curve = isotonic(
      x,
      x.map((t, k) => t * t + (k % 2 ? 0.3 : -0.3)),
    );
    for (const t of [1, 3, 7, 9]) {
      expect(valueAt(curve, t)).toBeGreaterThan(t * t - 0.15);
      expect(valueAt(curve, t)).toBeLessThan(t * t + 0.25);
      expect(reachOf(curve, valueAt(curve, t))).toBeCloseTo(t, 10);
    }
    expect(valueAt(curve, 20) / valueAt(curve, 10)).toBeCloseTo(2, 10);
    expect(reachOf(curve, valueAt(curve, 30))).toBeCloseTo(30, 10);
  });

  it('never falls, whatever it is given, and is the mean where there is no trend', () => {
    const y = Array.from({ length: 400 }, (_, k) => uniforms(1, STREAM.rattle, 5, k, four)[0]);
    const curve = isotonic(
      y.map((_, k) => k % 97),
      y,
    );
    const seen = Array.from({ length: 300 }, (_, k) => valueAt(curve, k / 2));
    seen.slice(1).forEach((v, k) => {
      expect(v).toBeGreaterThanOrEqual(seen[k]);
    });
    const falling = isotonic(
      y.map((_, k) => -k),
      y.map((_, k) => k),
    );
    expect(falling.x).toHaveLength(1);
    expect(falling.y[0]).toBeCloseTo(199.5, 10);
    expect(reachOf(falling, 10)).toBe(0);
  });
});

describe('conformal calibration', () => {
  it('states bounds that hold nine errors of ten among exchangeable atoms', () => {
    const shares = Array.from({ length: 20 }, (_, k) => {
      const calibration = calibrate('made', frames(20, 100 + k))!;
      const { grades, errors } = joined(frames(40, 200 + k));
      return errors.filter((e, i) => e <= forceErrorAt(calibration, grades[i]).bound).length / errors.length;
    });
    const mean = shares.reduce((a, b) => a + b, 0) / 20;
    expect(mean).toBeGreaterThan(0.885);
    expect(mean).toBeLessThan(0.93);
  });

  it('finds the grades at which errors reach a target', () => {
    const calibration = calibrate('made', frames(200, 7))!;
    // The mean length of three normals is √(8/π) σ.
    const sigma = 0.2 / Math.sqrt(8 / Math.PI);
    const exact = (-0.03 + Math.sqrt(0.03 ** 2 + 0.4 * sigma)) / 0.2;
    const { bound, expected } = gradesAt(calibration, 0.2);
    expect(expected / exact).toBeGreaterThan(0.93);
    expect(expected / exact).toBeLessThan(1.07);
    expect(bound).toBeLessThan(expected);
    expect(forceErrorAt(calibration, bound).bound).toBeCloseTo(0.2, 10);
  });

  it('says nothing of too few', () => {
    expect(calibrate('made', frames(1, 1))).toBeUndefined();
    expect(conformalQuantile([1, 2, 3])).toBe(Number.POSITIVE_INFINITY);
    expect(conformalQuantile([5, 1, 2, 3, 4, 9, 8, 7, 6])).toBe(9);
  });
});

describe('a committee at its word', () => {
  it('knows the χ distribution of three components', () => {
    // Tables of χ², 3 degrees of freedom: 2.366, 6.251, 11.345.
    expect(chi3Quantile(0.5) ** 2).toBeCloseTo(2.366, 3);
    expect(chi3Quantile(0.9) ** 2).toBeCloseTo(6.2514, 3);
    expect(chi3Quantile(0.99) ** 2).toBeCloseTo(11.3449, 3);
  });

  it('finds by what factor σ is too small', () => {
    const pairs = joined(frames(200, 9));
    const honest = pairs.grades.map((g) => Math.sqrt(3) * (0.03 * g + 0.1 * g * g));
    const shy = { ...pairs, grades: honest.map((s) => s / 4) };
    const scale = likeliestScale(shy);
    expect(scale).toBeGreaterThan(3.9);
    expect(scale).toBeLessThan(4.1);
    expect(normalCoverage(shy, 0.9)).toBeLessThan(0.2);
    expect(Math.abs(normalCoverage(shy, 0.9, scale) - 0.9)).toBeLessThan(0.015);
    expect(negativeLogLikelihood(shy, scale)).toBeLessThan(negativeLogLikelihood(shy, 1.3 * scale));
    expect(negativeLogLikelihood(shy, scale)).toBeLessThan(negativeLogLikelihood(shy, scale / 1.3));
  });
});
