import type { Backend } from '../../backend/backend.ts';
import { UserError } from '../../core/errors.ts';
import { catalogueOf } from '../../events/catalogue.ts';
import type { DetectionOptions } from '../../events/options.ts';
import type { EventRecord } from '../../events/record.ts';
import type { Discovery } from './answer.ts';
import type { Examine } from './examine.ts';
import { watcher } from './watcher.ts';

/** `before`: events that a run which goes on has had already. Throws a UserError where the backend cannot bring structures to rest. */
export function discoveryOf<C>(
  options: DetectionOptions,
  backend: Backend,
  before: readonly EventRecord[],
  examine: Examine<C>,
): Discovery<C> {
  if (!backend.evaluator)
    throw new UserError(
      `backend: '${backend.kind}' only steps, must evaluate to look for events; use backend: wasm`,
    );
  return { watcher: watcher(options, backend), examine, catalogue: catalogueOf(before) };
}
