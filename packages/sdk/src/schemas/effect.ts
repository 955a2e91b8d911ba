import { z } from 'zod';

/** What a verb does to the device: nothing, something, or something that takes data away. Ordered by risk. */
export const effectSchema = z.enum(['read', 'write', 'destructive']);
export type Effect = z.infer<typeof effectSchema>;

/** `recoverable`: can be undone with something kept elsewhere. Ordered by risk. */
export const reversibilitySchema = z.enum(['reversible', 'recoverable', 'irreversible']);
export type Reversibility = z.infer<typeof reversibilitySchema>;
