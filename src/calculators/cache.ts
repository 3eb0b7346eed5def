import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Structure } from '../core/structure.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { readXyz } from '../io/extxyz.ts';
import { formatXyz } from '../io/writeXyz.ts';
import { labelOf } from '../io/xyzLabel.ts';
import type { Label } from './calculator.ts';
import { labelHash, numbersHash } from './fingerprint.ts';

/** Finished labels by content hash, one extended XYZ file each, safe against a crash at any instant. */
export interface LabelCache {
  get(s: Structure): Label | undefined;
  put(s: Structure, label: Label): void;
}

/** `warn` hears of entries that cannot be trusted; they are put aside and the label counts as absent. */
export function labelCache(folder: string, fingerprint: string, warn: (message: string) => void): LabelCache {
  const pathOf = (hash: string) => join(folder, `${hash}.xyz`);
  return {
    get(s) {
      const hash = labelHash(fingerprint, s);
      const path = pathOf(hash);
      if (!existsSync(path)) return undefined;
      const found = readEntry(path, fingerprint, hash);
      if (typeof found !== 'string') return found;
      renameSync(path, `${path}.corrupt`);
      warn(
        `${path}: label cannot be trusted (${found}); it is put aside as ${hash}.xyz.corrupt and computed again`,
      );
      return undefined;
    },
    put(s, label) {
      const hash = labelHash(fingerprint, s);
      const info = { calculator: fingerprint, checksum: checksum(label) };
      mkdirSync(folder, { recursive: true });
      writeFileAtomic(pathOf(hash), formatXyz({ structure: s, label, info }));
    },
  };
}

/** The label, or what is wrong with the file. */
function readEntry(path: string, fingerprint: string, hash: string): Label | string {
  try {
    const frames = readXyz(path);
    const label = labelOf(frames[0]);
    if (labelHash(fingerprint, frames[0].structure) !== hash) return 'it belongs to another structure';
    return frames[0].info.checksum === checksum(label) ? label : 'its checksum does not match';
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function checksum({ energy, forces, stress }: Label): string {
  return numbersHash([energy], forces, stress ?? []);
}
