import type { Label } from '../../calculators/calculator.ts';
import type { Structure } from '../../core/structure.ts';
import { barriersOf, referencePoint } from '../../events/barrier.ts';
import type { PathRecord } from '../../events/record.ts';
import type { Evaluates } from '../../properties/evaluates.ts';

/** What the reference adds to the record of a path; `everywhere`: whether it could be asked at both ends and the saddle. */
export async function withReference(
  evaluates: Evaluates,
  path: PathRecord,
  images: readonly Structure[],
  labels: ReadonlyMap<number, Label>,
  hold: Uint8Array,
): Promise<{ readonly path: PathRecord; readonly everywhere: boolean }> {
  const origin = labels.get(0);
  const reference = origin
    ? Array.from(labels, ([image, label]) => ({
        image,
        energy: label.energy - origin.energy,
        force: largestOf(lengthsOf(label.forces), hold),
      }))
    : [];
  const point = async (image: number) => {
    const label = labels.get(image);
    return label && referencePoint(evaluates, images[image], label, { hold });
  };
  const first = await point(0);
  const saddle = await point(path.saddle);
  const last = await point(images.length - 1);
  return {
    path: { ...path, reference, ...barriersOf(path, { first, saddle, last }) },
    everywhere: Boolean(first && saddle && last),
  };
}

/** Of the atoms that are free to move. */
export function largestOf(values: Float64Array, hold: Uint8Array): number {
  return values.reduce((most, x, i) => (hold[i] ? most : Math.max(most, x)), 0);
}

/** Of a vector for each atom, [n]. */
export function lengthsOf(forces: Float64Array): Float64Array {
  return Float64Array.from({ length: forces.length / 3 }, (_, i) =>
    Math.hypot(forces[3 * i], forces[3 * i + 1], forces[3 * i + 2]),
  );
}
