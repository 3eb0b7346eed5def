import { z } from 'zod';
import { entry, registry } from '../core/registry.ts';
import type { Backend } from './backend.ts';
import { plainBackend } from './plain/plainBackend.ts';

export const backends = registry<Backend>('backend', [
  entry({ kind: 'plain', schema: z.object({}), create: () => plainBackend }),
]);
