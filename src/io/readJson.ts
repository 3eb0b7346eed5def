import { UserError } from '../core/errors.ts';
import { readText } from './readText.ts';

/** The content of a JSON file. Throws a UserError where it cannot be read. */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: is not JSON (${(error as Error).message}); it may be cut short`);
  }
}
