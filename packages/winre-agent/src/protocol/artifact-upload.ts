import { z } from 'zod';
import { dataCategorySchema } from './data-category.ts';

/** The query of an artifact upload; the body is the artifact itself. */
export const artifactQuerySchema = z.strictObject({ category: dataCategorySchema, name: z.string().min(1).max(200).regex(/^[\w][\w. -]*$/, 'expected letters, digits, spaces, dots, dashes and underscores') });
export type ArtifactQuery = z.infer<typeof artifactQuerySchema>;

/** Under which id an upload is kept. */
export const artifactReplySchema = z.object({ artifactId: z.string().min(1) });
export type ArtifactReply = z.infer<typeof artifactReplySchema>;
