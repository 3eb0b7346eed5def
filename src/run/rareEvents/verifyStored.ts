import { wasmBackend } from '../../backend/wasm/wasmBackend.ts';
import type { Label } from '../../calculators/calculator.ts';
import { eventsSchema, type VerifyOptions } from '../../config/eventsSection.ts';
import type { RunConfig } from '../../config/schema.ts';
import { UserError } from '../../core/errors.ts';
import { pathEnergies } from '../../events/barrier.ts';
import type { EventRecord } from '../../events/record.ts';
import { agreement } from '../../events/verdict.ts';
import { readXyz } from '../../io/extxyz.ts';
import { labelsOf } from '../assemble.ts';
import { numbered, type RunDirectory } from '../directory.ts';
import { loadModel } from '../modelFolder.ts';
import { heldBy } from './eventFolder.ts';
import { withReference } from './reference.ts';

/**
 * Asks the reference at both ends and at the saddle of a stored path, whatever the run made of it, and says how the latest generation
 * agrees. Nothing is learned. Throws a UserError where there is no path or no label.
 */
export async function verifyStored(
  directory: RunDirectory,
  config: RunConfig,
  record: EventRecord,
  generation: number,
  signal: AbortSignal,
): Promise<EventRecord> {
  const { event, path } = record;
  if (!path)
    throw new UserError(
      `events verify: event ${event} has no path (${record.pathFailure}), so there is no saddle to ask about; name one that has`,
    );
  const frames = readXyz(directory.path('events', numbered(event), 'path.xyz'));
  const images = frames.map(({ structure }) => structure);
  const hold = heldBy(frames[0]);
  const labels = labelsOf(config, images[0], directory.path);
  const said = new Map<number, Label>();
  for (const image of [0, path.saddle, images.length - 1]) {
    const outcome = await labels.label(images[image], signal);
    if (outcome.kind === 'quarantined')
      throw new UserError(
        `events verify: the label of image ${image} of event ${event} was refused (${outcome.reason}); look into ${outcome.directory}`,
        3,
      );
    said.set(image, outcome.label);
  }
  const { potential } = loadModel(directory.path('models', numbered(generation)));
  const evaluator = await wasmBackend().evaluator!(potential);
  try {
    const again = { ...path, ...(await pathEnergies(evaluator, images)) };
    const { path: asked } = await withReference(evaluator, again, images, said, hold);
    const { agrees, reason } = agreement(asked, asked.reference, toleranceOf(config));
    return { ...record, path: asked, verdict: agrees ? 'confirmed' : 'undecided', reason, generation };
  } finally {
    evaluator.dispose();
  }
}

function toleranceOf({ events }: RunConfig): VerifyOptions {
  return events?.verify || (eventsSchema.parse({}).verify as VerifyOptions);
}
