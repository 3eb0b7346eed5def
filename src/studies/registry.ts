import { registry } from '../core/registry.ts';
import { information } from './information.ts';
import { selection } from './selection.ts';
import type { Study } from './study.ts';

export const studies = registry<Study>('study', [selection, information]);
