import { describe, expect, it } from 'vitest';
import { lbfgs } from '../../src/properties/lbfgs.ts';

describe('L-BFGS', () => {
  it('steps back from an uphill step of half a million unknowns', async () => {
    const x = new Float64Array(500_000).fill(0.02);
    let [largest, uphill, last] = [Infinity, 0, Infinity];
    await lbfgs(
      async (at, gradient) => {
        let energy = 0;
        largest = 0;
        // So stiff that the first step leads to three times the distance on the other side.
        for (let k = 0; k < at.length; k++) {
          energy += 100 * at[k] ** 2;
          gradient[k] = 200 * at[k];
          largest = Math.max(largest, Math.abs(at[k]));
        }
        if (energy > last) uphill++;
        last = energy;
        return energy;
      },
      x,
      () => largest < 1e-6,
      50,
    );
    expect(uphill).toBeGreaterThan(0);
    expect(largest).toBeLessThan(1e-6);
  });
});
