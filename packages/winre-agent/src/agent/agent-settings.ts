import { restorePolicySchema } from '@winre-kit/sdk';
import { z } from 'zod';

/** How the agent finds out whether the volume boots. */
export const bootCheckSettingsSchema = z.strictObject({
  /** The volume's own program and its arguments, run in the volume's root; it boots when this exits with 0. */
  program: z.array(z.string().min(1)).min(1).optional(),
  /** For a volume without a program: a list of digests in the form of `sha256sum`, relative to the volume's root. */
  manifestFile: z.string().min(1).optional(),
  timeoutMs: z.int().positive().default(120_000),
  /** After so many failures in a row the machine starts WinRE. */
  failuresBeforeRecovery: z.int().min(1).max(10).default(2),
  /** How often a running system is checked; not at all when absent. */
  repeatEveryMs: z.int().positive().optional(),
}).refine(({ program, manifestFile }) => (program === undefined) !== (manifestFile === undefined), 'expected either program or manifestFile');

/** What an agent does, apart from who it is. */
export const agentSettingsSchema = z.strictObject({
  bootCheck: bootCheckSettingsSchema,
  /** Folder of the repository that holds this device's restore points; outside the volume. */
  restorePointsFolder: z.string().min(1),
  /** Followed until the gateway sends one. */
  restorePolicy: restorePolicySchema.default({ enabled: true, cadenceHours: 24, retentionHours: 72, maxDiskBytes: 50 * 1024 ** 3 }),
  reconnect: z.strictObject({ firstMs: z.int().positive().default(500), maxMs: z.int().positive().default(60_000) }).prefault({}),
});
/** What an agent does, apart from who it is, with defaults filled in. */
export type AgentSettings = z.infer<typeof agentSettingsSchema>;
/** What an agent does, apart from who it is, as written in its configuration. */
export type AgentSettingsInput = z.input<typeof agentSettingsSchema>;
