import { z } from 'zod';

export const restoreCloudPcBody = z.strictObject({ cloudPcSnapshotId: z.string() });

export const reprovisionBody = z.strictObject({
  userAccountType: z.enum(['standardUser', 'administrator']).optional(),
  osVersion: z.enum(['windows10', 'windows11']).optional(),
});

const bulk = { displayName: z.string().min(1), cloudPcIds: z.array(z.string()).min(1) };

/** An action on many Cloud PCs. */
export const bulkActionBody = z.discriminatedUnion('@odata.type', [
  z.strictObject({
    '@odata.type': z.literal('#microsoft.graph.cloudPcBulkRestore'), ...bulk,
    restorePointDateTime: z.iso.datetime({ offset: true }),
    timeRange: z.enum(['before', 'after', 'beforeOrAfter']).optional(),
    ignoreUnhealthySnapshots: z.boolean().optional(),
  }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.cloudPcBulkReprovision'), ...bulk }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.cloudPcBulkRestart'), ...bulk }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.cloudPcBulkCreateSnapshot'), ...bulk, storageAccountId: z.string().optional(), accessTier: z.enum(['hot', 'cool', 'premium', 'cold']).optional() }),
]);

const settings = {
  displayName: z.string().min(1),
  selfServiceEnabled: z.boolean().optional(),
  localAdminEnabled: z.boolean().optional(),
  restorePointSetting: z.strictObject({
    frequencyType: z.enum(['default', 'fourHours', 'sixHours', 'twelveHours', 'sixteenHours', 'twentyFourHours']).optional(),
    userRestoreEnabled: z.boolean().optional(),
  }).optional(),
};

/** How often restore points of Cloud PCs come, and whether their users may restore. */
export const userSettingBody = z.strictObject({ '@odata.type': z.literal('#microsoft.graph.cloudPcUserSetting').optional(), ...settings });
export const userSettingChange = userSettingBody.partial();
