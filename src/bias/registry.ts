import { registry } from '../core/registry.ts';
import type { Bias } from './bias.ts';
import { hyperactive } from './hyperactive.ts';

/** What may be added to the energy that drives a run. */
export const biases = registry<Bias>('bias', [hyperactive]);
