import { z } from 'zod';
import { deviceIdSchema, enrolmentEpochSchema, instantSchema, rawMembersSchema, tenantIdSchema, vendorExtrasSchema } from './primitives.ts';

/** A managed device as the vendor knows it. */
export const deviceSchema = z.object({
  id: deviceIdSchema,
  tenantId: tenantIdSchema,
  enrolmentEpoch: enrolmentEpochSchema,
  displayName: z.string(),
  serialNumber: z.string().optional(),
  /** Stays the same across rebuilds and enrolments of one piece of hardware. */
  hardwareId: z.string().min(1),
  osBuild: z.string().optional(),
  lastSeenAt: instantSchema.optional(),
  vendor: vendorExtrasSchema.optional(),
  raw: rawMembersSchema.optional(),
});
export type Device = z.infer<typeof deviceSchema>;

/** The device and the enrolment of it that an operation is meant for. */
export const deviceBindingSchema = z.strictObject({ id: deviceIdSchema, enrolmentEpoch: enrolmentEpochSchema });
export type DeviceBinding = z.infer<typeof deviceBindingSchema>;

/** How a person or another system names a device. */
export const deviceQuerySchema = z.union([
  z.strictObject({ serialNumber: z.string().min(1) }),
  z.strictObject({ vendorId: z.string().min(1) }),
]);
export type DeviceQuery = z.infer<typeof deviceQuerySchema>;
