import type { WindowsUpdates } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { count, graphEntity, instant, text } from '../graph-entity.ts';

/** Microsoft's type knows quality and feature updates only; a recovery update has these members of them. */
type RecoveryUpdate = WindowsUpdates.CatalogEntry & Pick<WindowsUpdates.QualityUpdateCatalogEntry, 'catalogName' | 'productRevisions'> & { readonly '@odata.type'?: string };

const osBuild = graphEntity<WindowsUpdates.BuildVersionDetails>()({ majorVersion: count, minorVersion: count, buildNumber: count, updateBuildRevision: count });

/** What Quick Machine Recovery may bring to a device: an entry of the Windows update catalog (beta). */
export const recoveryCatalogEntrySchema = graphEntity<RecoveryUpdate>()({
  id: z.string(),
  '@odata.type': text,
  displayName: text,
  catalogName: text,
  releaseDateTime: instant,
  deployableUntilDateTime: instant,
  productRevisions: z.array(graphEntity<WindowsUpdates.ProductRevision>()({ id: text, displayName: text, product: text, version: text, osBuild: osBuild.nullish() })).nullish(),
});
