import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { readJson } from '../io/readJson.ts';
import type { Calibration } from '../uncertainty/calibration.ts';

/** In a model folder. */
export const CALIBRATION_FILE = 'calibration.json';

const rising = z.array(z.number()).min(1);
const schema = z.array(
  z.strictObject({
    measure: z.string(),
    pairs: z.int(),
    curve: z.strictObject({ x: rising, y: rising }),
    ratio: z.number(),
  }),
);

export function writeCalibrations(calibrations: readonly Calibration[]): string {
  return JSON.stringify(calibrations);
}

/** None where the folder holds none. Throws a UserError for a damaged file. */
export function readCalibrations(folder: string): readonly Calibration[] {
  const file = join(folder, CALIBRATION_FILE);
  if (!existsSync(file)) return [];
  const parsed = schema.safeParse(readJson(file));
  if (!parsed.success)
    throw new UserError(`${file}: is not as this program writes it; remove it, or calibrate the model again`);
  return parsed.data;
}
