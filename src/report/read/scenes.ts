import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { atomCount, type Structure } from '../../core/structure.ts';
import { readXyz, type XyzFrame } from '../../io/extxyz.ts';

/** A structure to be looked at in three dimensions. */
export interface Scene {
  readonly id: string;
  readonly label: string;
  /** Pause, or class of events, that it belongs to; 0 for none. */
  readonly group: number;
  readonly structure: Structure;
  /** [n]; undefined where the file has none. */
  readonly gamma: Float64Array | undefined;
  /** [n]; 1 where the atom's force is learned; undefined where the file has none. */
  readonly core: Uint8Array | undefined;
  /** Atom to be marked, −1 for none. */
  readonly marked: number;
  /** Of a change from one structure to another; atoms stand where they are to be drawn, and those of the core are what changes. */
  readonly change?: Change;
}

export interface Change {
  /** Å, where the cell is drawn from, [3]. */
  readonly origin: readonly number[];
  /** Å, from where to where atoms move, [6m]. */
  readonly arrows: readonly number[];
  /** For people, beside the marked atom. */
  readonly text: string;
  /** Degrees about z that lay the largest move across the view. */
  readonly turn: number;
}

/** A pause and the atom that caused it, as the ledger names them. */
export interface PauseAtom {
  readonly pause: number;
  readonly atom: number;
}

/** The environments of every pause: what was cut first, then the whole system. `unreadable` gathers what could not be read. */
export function readScenes(pauses: string, atoms: readonly PauseAtom[], unreadable: string[]): Scene[] {
  if (!existsSync(pauses)) return [];
  const folders = readdirSync(pauses)
    .filter((name) => /^\d+$/.test(name))
    .sort();
  return folders.flatMap((folder) => {
    const pause = Number(folder);
    const flagged = atoms.find((a) => a.pause === pause)?.atom ?? -1;
    return readdirSync(join(pauses, folder))
      .filter((name) => /^(patch-\d+|frame)\.xyz$/.test(name))
      .sort(
        (a, b) =>
          Number(a === 'frame.xyz') - Number(b === 'frame.xyz') ||
          a.localeCompare(b, 'en', { numeric: true }),
      )
      .flatMap((name) =>
        readScene(join(pauses, folder, name), pause, name.slice(0, -4), flagged, unreadable),
      );
  });
}

function readScene(
  path: string,
  pause: number,
  name: string,
  flagged: number,
  unreadable: string[],
): Scene[] {
  try {
    const frame = readXyz(path).at(-1)!;
    const scene = sceneOf(
      frame,
      `${pause}-${name}`,
      name === 'frame' ? 'whole system' : name.replace('patch-', 'cut '),
      pause,
    );
    const whole = name === 'frame' || atomCount(scene.structure) === 1;
    return [{ ...scene, marked: whole ? flagged : centreOf(frame, scene) }];
  } catch (error) {
    unreadable.push((error as Error).message);
    return [];
  }
}

export function sceneOf(frame: XyzFrame, id: string, label: string, group = 0): Scene {
  const { gamma, core } = frame.columns;
  return {
    id,
    label,
    group,
    structure: frame.structure,
    gamma: gamma instanceof Float64Array ? gamma : undefined,
    core: core === undefined ? undefined : Uint8Array.from(core as ArrayLike<number | string>, Number),
    marked: -1,
  };
}

/** The atom that a cut was made for; a file that does not name it is taken to mean its worst core atom. */
function centreOf(frame: XyzFrame, { gamma, core }: Scene): number {
  const named = Number(frame.info.centre ?? Number.NaN);
  if (named >= 0) return named;
  if (!gamma) return -1;
  let worst = -1;
  gamma.forEach((g, i) => {
    if ((core?.[i] ?? 1) === 1 && (worst < 0 || g > gamma[worst])) worst = i;
  });
  return worst;
}
