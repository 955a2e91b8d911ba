import { instantSchema } from '@winre-kit/sdk';
import { z } from 'zod';

/** Vendors add words; one that is not known here means `unknown`. */
const yesNoUnknown = z.enum(['yes', 'no', 'unknown']).catch('unknown');

/** What a device says about itself, for prechecks. */
export const deviceFactsSchema = z.looseObject({
  observedAt: instantSchema,
  power: z.enum(['mains', 'battery', 'unknown']).catch('unknown'),
  batteryPercent: z.number().nullish(),
  freeBytes: z.number().nonnegative().nullish(),
  encrypted: yesNoUnknown,
  locked: yesNoUnknown,
  winreEnabled: yesNoUnknown,
  driversAvailable: yesNoUnknown,
});
export type DeviceFacts = z.output<typeof deviceFactsSchema>;
