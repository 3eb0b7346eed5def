import { inverse3, isOpenCell } from '../../core/cell.ts';
import { element } from '../../core/elements.ts';
import { atomCount, type Structure } from '../../core/structure.ts';
import type { Scene } from '../read/scenes.ts';

/** Characters of structures that a page may carry. */
export const MOST_EMBEDDED = 6_000_000;

/** A scene as the viewer takes it. */
export interface Payload {
  readonly id: string;
  readonly json: string;
}

/** Scenes that fit, and those that do not. Cuts go before whole systems, early pauses before late ones. */
export function choosePayloads(
  scenes: readonly Scene[],
  most = MOST_EMBEDDED,
): { payloads: Payload[]; left: Scene[] } {
  const ordered = [...scenes].sort((a, b) => Number(isWhole(a)) - Number(isWhole(b)));
  const payloads: Payload[] = [];
  const left: Scene[] = [];
  let size = 0;
  for (const scene of ordered) {
    const estimate = 30 * atomCount(scene.structure);
    if (size + estimate > most) {
      left.push(scene);
      continue;
    }
    const json = encodeScene(scene);
    size += json.length;
    payloads.push({ id: scene.id, json });
  }
  return { payloads, left };
}

export function isWhole(scene: Scene): boolean {
  return scene.id.endsWith('frame') || scene.group === 0;
}

/** JSON with base64 of little-endian floats: positions [3n] and grades [n], then bytes: species [n] and core [n]. */
function encodeScene(scene: Scene): string {
  const { structure } = scene;
  const { positions, origin } = placed(scene);
  const n = atomCount(structure);
  const floats = new Float32Array(4 * n);
  floats.set(positions);
  floats.set(scene.gamma ?? new Float32Array(n).fill(Number.NaN), 3 * n);
  const bytes = new Uint8Array(2 * n);
  bytes.set(structure.species);
  bytes.set(scene.core ?? new Uint8Array(n).fill(1), n);
  return JSON.stringify({
    atoms: n,
    elements: structure.elements,
    radii: structure.elements.map((e) => element(e).covalentRadius),
    cell: isOpenCell(structure.cell) ? null : Array.from(structure.cell),
    origin,
    marked: scene.marked,
    graded: scene.gamma !== undefined,
    buffered: scene.core?.includes(0) ?? false,
    change: scene.change && { ...scene.change, arrows: scene.change.arrows.map((x) => Number(x.toFixed(3))) },
    data: Buffer.concat([Buffer.from(floats.buffer), bytes]).toString('base64'),
  });
}

/** Positions in the cell as it is drawn: a cut around the atom it was made for, a whole system from the origin. */
function placed(scene: Scene): { positions: Float64Array; origin: number[] } {
  const { structure, marked, change } = scene;
  if (change) return { positions: structure.positions, origin: [...change.origin] };
  const { cell, periodic } = structure;
  if (isOpenCell(cell) || !periodic.every(Boolean))
    return { positions: structure.positions, origin: [0, 0, 0] };
  const centre =
    !isWhole(scene) && marked >= 0 ? structure.positions.subarray(3 * marked, 3 * marked + 3) : undefined;
  const origin = [0, 1, 2].map((x) => (centre ? centre[x] - (cell[x] + cell[3 + x] + cell[6 + x]) / 2 : 0));
  return { positions: wrapped(structure, origin), origin };
}

/** Every atom in the cell that starts at `origin`. */
function wrapped({ cell, positions }: Structure, origin: readonly number[]): Float64Array {
  const inverse = inverse3(cell);
  const out = positions.slice();
  for (let i = 0; i < out.length; i += 3)
    for (let a = 0; a < 3; a++) {
      let f = 0;
      for (let x = 0; x < 3; x++) f += (positions[i + x] - origin[x]) * inverse[3 * x + a];
      const turns = Math.floor(f);
      for (let x = 0; x < 3; x++) out[i + x] -= turns * cell[3 * a + x];
    }
  return out;
}
