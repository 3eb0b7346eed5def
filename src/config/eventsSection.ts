import { z } from 'zod';
import { positive } from '../core/quantity.ts';
import { detectionShape, stepsProblem } from '../events/options.ts';
import { BAND } from '../properties/band.ts';

const path = z.strictObject({
  images: z.int().min(3).default(BAND.images).meta({ description: 'between the ends' }),
  force: positive('force')
    .prefault(`${BAND.force} eV/Å`)
    .meta({ description: 'across the path that is left at any image' }),
  steps: z.int().positive().default(300).meta({ description: 'rounds of all images at most' }),
  atoms: z.int().positive().default(300).meta({
    description: 'that have moved at most; where more have, as in a melt, no path is sought',
  }),
  radius: positive('length').prefault('8 Å').meta({
    description: 'atoms this close to one that moved give way along the path; of a large cell no others do',
  }),
});

const verify = z.strictObject({
  energy: positive('energy')
    .prefault('0.03 eV')
    .meta({ description: 'by which the energies of saddle and last rest position may miss the reference' }),
  force: positive('force')
    .prefault('0.1 eV/Å')
    .meta({ description: 'largest force that the reference may find at rest positions and saddle' }),
  rounds: z
    .int()
    .positive()
    .default(5)
    .meta({ description: 'of labelling, learning and looking again before an event is left undecided' }),
  labels: z
    .int()
    .min(3)
    .default(5)
    .meta({ description: 'in a round at most: both ends, the saddle, and the strangest other images' }),
});

const stepsFit = (o: Parameters<typeof stepsProblem>[0], context: z.RefinementCtx) => {
  const message = stepsProblem(o);
  if (message) context.addIssue({ code: 'custom', message });
};

const mdShape = {
  ...detectionShape,
  path: z
    .union([z.literal(false), path])
    .prefault({})
    .meta({ description: 'minimum-energy path of the first event of each class' }),
};

/** The section `events:` of plain molecular dynamics: what happens by itself is found, and its path. */
export const mdEventsSchema = z.strictObject(mdShape).superRefine(stepsFit);

/** The section `events:` of a run that learns: what is found is also set before the reference. */
export const eventsSchema = z
  .strictObject({
    ...mdShape,
    verify: z
      .union([z.literal(false), verify])
      .prefault({})
      .meta({
        description: 'the reference is asked at both ends and the saddle; artefacts are learned away',
      }),
  })
  .superRefine(stepsFit);

export type PathOptions = z.output<typeof path>;
export type VerifyOptions = z.output<typeof verify>;
export type MdEventsSection = z.output<typeof mdEventsSchema>;
export type EventsSection = z.output<typeof eventsSchema>;
