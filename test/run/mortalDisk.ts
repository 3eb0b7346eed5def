import type * as fs from 'node:fs';

/** How long the disk obeys: until its `dieAt`-th change, which is cut short; then it is as dead as after kill -9. */
export interface Mortal {
  changes: number;
  dieAt: number;
  dead: boolean;
}

export class Killed extends Error {}

/**
 * `node:fs` whose changes are counted; the fatal one writes half of what it was told to, or does nothing at all. Nothing
 * is synced, because what a process has written outlives it.
 */
export function mortalDisk(real: typeof fs, mortal: Mortal): typeof fs {
  const guarded =
    <A extends unknown[], R>(change: (...args: A) => R, half: (...args: A) => void = () => {}) =>
    (...args: A): R => {
      if (mortal.dead) throw new Killed();
      if (++mortal.changes < mortal.dieAt) return change(...args);
      half(...args);
      mortal.dead = true;
      throw new Killed();
    };
  const torn = (write: typeof fs.writeFileSync | typeof fs.appendFileSync) =>
    guarded(write, (file, data) => {
      const bytes = Buffer.from(data as string);
      write(file, bytes.subarray(0, bytes.length / 2));
    });
  return {
    ...real,
    fsyncSync: () => {},
    writeFileSync: torn(real.writeFileSync),
    appendFileSync: torn(real.appendFileSync),
    renameSync: guarded(real.renameSync),
    truncateSync: guarded(real.truncateSync),
    rmSync: guarded(real.rmSync),
    mkdirSync: guarded(real.mkdirSync as (...args: unknown[]) => string | undefined),
    mkdtempSync: guarded(real.mkdtempSync as (prefix: string) => string),
  } as unknown as typeof fs;
}
