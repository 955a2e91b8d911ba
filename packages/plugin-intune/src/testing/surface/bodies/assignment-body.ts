import { z } from 'zod';

const filter = {
  deviceAndAppManagementAssignmentFilterId: z.string().nullable().optional(),
  deviceAndAppManagementAssignmentFilterType: z.enum(['none', 'include', 'exclude']).optional(),
};

/** To whom something is assigned. */
export const targetBody = z.discriminatedUnion('@odata.type', [
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.allDevicesAssignmentTarget'), ...filter }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.groupAssignmentTarget'), groupId: z.string(), ...filter }),
  z.strictObject({ '@odata.type': z.literal('#microsoft.graph.exclusionGroupAssignmentTarget'), groupId: z.string(), ...filter }),
]);

export type AssignmentTarget = z.infer<typeof targetBody>;

/** What `assign` of a device configuration or a settings-catalog policy takes: it replaces every assignment. */
export const assignBody = z.strictObject({
  assignments: z.array(z.strictObject({ '@odata.type': z.string().optional(), id: z.string().optional(), target: targetBody })),
});

/** What `assign` of a script package takes. */
export const assignScriptBody = z.strictObject({
  deviceHealthScriptAssignments: z.array(z.strictObject({
    '@odata.type': z.string().optional(),
    target: targetBody,
    runRemediationScript: z.boolean().optional(),
    runSchedule: z.discriminatedUnion('@odata.type', [
      z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceHealthScriptDailySchedule'), interval: z.int().min(1), time: z.string(), useUtc: z.boolean() }),
      z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceHealthScriptHourlySchedule'), interval: z.int().min(1) }),
      z.strictObject({ '@odata.type': z.literal('#microsoft.graph.deviceHealthScriptRunOnceSchedule'), interval: z.int().min(1), date: z.string(), time: z.string(), useUtc: z.boolean() }),
    ]).nullable().optional(),
  })),
});
