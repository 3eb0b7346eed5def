import type { Structure } from '../../core/structure.ts';
import { BLOCK, normsOfProducts } from '../../uncertainty/products.wgsl.ts';
import type { NormRecipe, ProductSet } from '../../uncertainty/recipe.ts';
import type { Gpu } from './device.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { slotsAtOnce } from './extras.ts';
import { type Binding, kernel, run, storage } from './kernel.ts';
import type { DeviceGrades, Report } from './screen.ts';

/** Slot without an atom. */
const NOBODY = 0xffffffff;

/**
 * Norms of products of projections. Atoms are put into slots by element, so that a block has one matrix, and graded as many at a
 * time as there is room for projections.
 */
export function normGrades(
  gpu: Gpu,
  system: DeviceSystem,
  s: Structure,
  width: number,
  wanted: readonly (Report & { readonly recipe: NormRecipe })[],
  room: number = slotsAtOnce(gpu, width),
): DeviceGrades {
  const { atoms, slots } = slotsOf(s);
  const held: GPUBuffer[] = [];
  const hold = (what: string, values: number | Uint32Array | Float32Array) => {
    held.push(storage(gpu, what, values));
    return held[held.length - 1];
  };
  const most = Math.min(atoms.length, Math.max(BLOCK, Math.floor(room / BLOCK) * BLOCK));
  const rows = hold('projections', 4 * most * width);
  const slotsThere = hold('slots', slots);
  const atomsThere = hold('atoms of slots', atoms);
  const passes = Array.from({ length: Math.ceil(atoms.length / most) }, (_, k) => {
    const [first, end] = [k * most, Math.min(atoms.length, (k + 1) * most)];
    return { first, end, range: hold('range of slots', Uint32Array.of(first, end, 0, 0)) };
  });
  const measures = wanted.map((w) => {
    const { units, matrices, places } = pack(w.recipe.sets);
    return {
      ...w,
      each: w.recipe.sets[0]?.groups[0]?.length ?? 1,
      places,
      units: hold('units of functions', units),
      matrices: hold('matrices of measures', matrices),
      grades: hold('grades', 4 * s.species.length),
      blocks: passes.map((pass) => hold('blocks of atoms', blocksOf(pass, atoms, s, w.recipe.sets, places))),
    };
  });
  return {
    grades: measures.map(({ measure, grades }) => [measure, grades]),
    bind({ extras }) {
      const encodes = passes.map(({ first, end, range }, k) => {
        const project = extras!.projections!(slotsThere, range, rows);
        const count = (end - first) / BLOCK;
        const made = measures.map((m) =>
          kernel(
            gpu,
            'grades',
            normsOfProducts({ norm: m.recipe.norm, each: m.each }, count, width, m.limit, m.flag),
            [
              bind.control(system.control),
              bind.flags(system.faults),
              { name: 'range', type: 'vec4<u32>', access: 'uniform', buffer: range } satisfies Binding,
              bind.f32s('projections', rows),
              bind.f32s('units', m.units),
              bind.of('vec4<f32>', 'matrices', m.matrices),
              bind.u32s('blocks', m.blocks[k]),
              bind.u32s('atoms', atomsThere),
              bind.f32s('grades', m.grades, 'read_write'),
            ],
          ),
        );
        return (pass: GPUComputePassEncoder) => {
          project(pass);
          for (const one of made) run(pass, one, count);
        };
      });
      return (pass) => {
        for (const encode of encodes) encode(pass);
      };
    },
    dispose() {
      for (const b of held) b.destroy();
    },
  };
}

/** Atoms by element, each element's last block filled up with nobody; and the slot of every atom. */
function slotsOf({ elements, species }: Structure): { atoms: Uint32Array; slots: Uint32Array } {
  const atoms: number[] = [];
  const slots = new Uint32Array(species.length);
  for (let k = 0; k < elements.length; k++) {
    for (let i = 0; i < species.length; i++)
      if (species[i] === k) {
        slots[i] = atoms.length;
        atoms.push(i);
      }
    while (atoms.length % BLOCK !== 0) atoms.push(NOBODY);
  }
  return { atoms: Uint32Array.from(atoms), slots };
}

interface Place {
  readonly unit: number;
  readonly matrix: number;
}

function blocksOf(
  { first, end }: { readonly first: number; readonly end: number },
  atoms: Uint32Array,
  { elements, species }: Structure,
  sets: readonly ProductSet[],
  places: readonly Place[],
): Uint32Array {
  const words: number[] = [];
  for (let slot = first; slot < end; slot += BLOCK) {
    const at = sets.findIndex((set) => set.element === elements[species[atoms[slot]]]);
    if (at < 0) words.push(slot, 0, 0, 0, 0, 0);
    else {
      const { size, columns, groups } = sets[at];
      words.push(slot, size, Math.ceil(columns / 4), places[at].unit, places[at].matrix, groups.length);
    }
  }
  return Uint32Array.from(words);
}

/** Reciprocal units of all functions, and matrices with rows by fours: where no units are given, powers of two that f32 can bear. */
function pack(sets: readonly ProductSet[]) {
  const fours = (set: ProductSet) => Math.ceil(set.columns / 4);
  const places: Place[] = [];
  let [unit, matrix] = [0, 0];
  for (const set of sets) {
    places.push({ unit, matrix });
    unit += set.size;
    matrix += set.groups.flat().length * set.size * fours(set);
  }
  const units = new Float32Array(Math.max(1, unit));
  const matrices = new Float32Array(4 * Math.max(1, matrix));
  sets.forEach((set, k) => {
    const { size, columns, scale } = set;
    for (let v = 0; v < size; v++) {
      const row = (m: Float64Array) => m.subarray(v * columns, (v + 1) * columns);
      const factor = scale
        ? 1
        : powerOfTwo(set.groups.flat().reduce((most, m) => Math.max(most, ...row(m).map(Math.abs)), 0));
      units[places[k].unit + v] = scale ? 1 / scale[v] : factor;
      set.groups.flat().forEach((m, q) => {
        const to = 4 * (places[k].matrix + (q * size + v) * fours(set));
        matrices.set(
          row(m).map((x) => x / factor),
          to,
        );
      });
    }
  });
  return { units, matrices, places };
}

function powerOfTwo(x: number): number {
  return x > 0 && Number.isFinite(x) ? 2 ** Math.max(-100, Math.min(100, Math.round(Math.log2(x)))) : 1;
}
