import type { CloudPcBulkAction, CloudPcBulkActionStatus, CloudPcBulkActionSummary } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { count, graphEntity, instant, text } from '../graph-entity.ts';

/** One action on many Cloud PCs, with the counts that say how it goes (beta). */
export const cloudPcBulkActionSchema = graphEntity<CloudPcBulkAction>()({
  id: z.string(),
  displayName: text,
  cloudPcIds: z.array(z.string()).nullish(),
  createdDateTime: instant,
  status: evolvable(['pending', 'succeeded', 'failed'] satisfies CloudPcBulkActionStatus[]).nullish(),
  actionSummary: graphEntity<CloudPcBulkActionSummary>()({ successfulCount: count, failedCount: count, inProgressCount: count, pendingCount: count, notSupportedCount: count }).nullish(),
});
