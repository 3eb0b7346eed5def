import type { Structure } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';

/** eV/Å²: second derivatives of the energy by the coordinates of `atoms`, all others fixed, [3m × 3m], by central differences of forces. */
export async function hessianOf(
  evaluates: Evaluates,
  s: Structure,
  atoms: ArrayLike<number>,
  step = 0.01,
): Promise<Float64Array> {
  const size = 3 * atoms.length;
  const H = new Float64Array(size * size);
  const place = (k: number) => 3 * atoms[Math.floor(k / 3)] + (k % 3);
  const forcesAt = async (k: number, amount: number) => {
    const positions = s.positions.slice();
    positions[place(k)] += amount;
    return (await evaluates.evaluate({ ...s, positions }, ['forces'])).forces.slice();
  };
  for (let k = 0; k < size; k++) {
    const [plus, minus] = [await forcesAt(k, step), await forcesAt(k, -step)];
    for (let l = 0; l < size; l++) {
      const h = (minus[place(l)] - plus[place(l)]) / (4 * step);
      H[k * size + l] += h;
      H[l * size + k] += h;
    }
  }
  return H;
}
