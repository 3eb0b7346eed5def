import { z } from 'zod';

/** A file named in a config. The loader reads it relative to the config's own folder and hands over a full path. */
export function filePath(description: string) {
  return z.string().min(1).meta({ description, path: true });
}
