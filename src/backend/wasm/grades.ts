import * as sys from '../../core/systemLayout.ts';
import { singleMatrices } from '../../uncertainty/recipe.ts';
import type { Uncertainty } from '../../uncertainty/uncertainty.ts';
import { GRADE } from './commands.ts';
import type { Device } from './device.ts';
import type { Composition, SharedSystem } from './sharedSystem.ts';
import type { Team } from './team.ts';

/** Atoms of one element that are graded together. */
const BLOCK = 8;
const BLOCK_WORDS = BLOCK + 2;

type Coordinates = NonNullable<ReturnType<typeof singleMatrices>>[number];

/** Where a measure's blocks lie. */
interface Packed {
  readonly blocks: number;
  readonly address: number;
}

/** Grades by largest coordinates in the threads' own memory, from the projections of the latest evaluation. */
export function gradesOnDevice(
  { arena }: Team,
  system: SharedSystem,
  composition: Composition,
): Required<Pick<Device, 'attend' | 'grade'>> {
  const packed = new Map<Uncertainty, Packed>();
  let grades: Float64Array | undefined;
  return {
    attend(measures) {
      const fresh = measures.flatMap((m) => {
        const sets = packed.has(m) ? undefined : singleMatrices(m.recipe);
        return sets ? [{ m, sets }] : [];
      });
      if (fresh.length === 0) return false;
      system.forgetLayout();
      grades ??= arena.f64(composition.species.length);
      for (const { m, sets } of fresh) packed.set(m, pack(arena, composition, sets));
      return true;
    },
    grade(measure) {
      const found = packed.get(measure);
      if (!found || !grades) return undefined;
      const { words } = system;
      words[sys.GRADED_BLOCKS] = found.blocks;
      words[sys.GRADED] = found.address;
      words[sys.GRADES] = grades.byteOffset;
      system.run(GRADE);
      return grades.slice();
    },
  };
}

function pack(
  arena: Team['arena'],
  { elements, species }: Composition,
  sets: readonly Coordinates[],
): Packed {
  const words: number[] = [];
  elements.forEach((symbol, k) => {
    const set = sets.find((s) => s.element === symbol);
    const address = set ? arena.f64(panels(set)).byteOffset : 0;
    const atoms = Array.from(species.keys()).filter((i) => species[i] === k);
    for (let from = 0; from < atoms.length; from += BLOCK) {
      const last = atoms[Math.min(from + BLOCK, atoms.length) - 1];
      for (let q = 0; q < BLOCK; q++) words.push(atoms[from + q] ?? last);
      words.push(set?.size ?? 0, address);
    }
  });
  return { blocks: words.length / BLOCK_WORDS, address: arena.i32(words).byteOffset };
}

/** Columns of Â⁻¹ by fours, [panel][v][4], the last filled up with zeros. */
function panels({ size, matrix }: Coordinates): Float64Array {
  const count = Math.ceil(size / 4);
  const out = new Float64Array(count * size * 4);
  for (let v = 0; v < size; v++)
    for (let j = 0; j < size; j++) out[((j >> 2) * size + v) * 4 + (j & 3)] = matrix[v * size + j];
  return out;
}
