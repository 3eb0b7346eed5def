import { z } from 'zod';
import { filePath } from '../core/filePath.ts';

/** A file for `serendip campaign`. */
export const campaignSchema = z.strictObject({
  version: z.literal(1),
  title: z.string(),
  base: z.string().optional().meta({ description: 'where relative paths start; the folder of this file' }),
  config: filePath(
    'of a run or of plain molecular dynamics, what every member is but for the values that vary',
  ),
  vary: z
    .record(z.string(), z.array(z.unknown()).min(1))
    .refine((v) => Object.keys(v).length > 0, { message: 'must name at least one value of the config' })
    .meta({
      description:
        'lists of values by their place, such as md.integrator.temperature or structure; every combination is a member; places separated by commas vary together',
    }),
  share: z.boolean().default(true).meta({ description: 'members learn each other’s labels' }),
  parallel: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'members at a time; one for each core if absent' }),
  directory: z.string().default('campaign').meta({ description: 'relative to where serendip is called' }),
});
export type CampaignConfig = z.output<typeof campaignSchema>;
