import { registry } from '../core/registry.ts';
import { diversity } from './diversity.ts';
import { dOptimal } from './dOptimal.ts';
import { entropy } from './entropy.ts';
import { hybrid } from './hybrid.ts';
import { informationMatching } from './informationMatching.ts';
import { random } from './random.ts';
import type { Strategy } from './strategy.ts';
import { uncertainty } from './uncertainty.ts';

/** Ways to choose what is worth a label. */
export const strategies = registry<Strategy>('strategy', [
  random,
  uncertainty,
  diversity,
  hybrid,
  dOptimal,
  entropy,
  informationMatching,
]);
