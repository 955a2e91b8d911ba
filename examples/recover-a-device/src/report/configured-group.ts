import type { AuditEntry } from '@winre-kit/sdk/host';
import { z } from 'zod';

const settings = { group: z.string(), quickMachineRecovery: z.string(), pointInTimeRestore: z.string(), networks: z.array(z.string()) };
const groupSchema = z.object(settings);
const pcSchema = z.object({
  ...settings,
  name: z.string(), windows: z.string(), dialect: z.string(),
  notExpressed: z.array(z.object({ settings: z.array(z.string()), reason: z.string() })),
  drift: z.array(z.string()), nodesWritten: z.int(),
});

/** What a PC was read to have at its last check-in that changed something. */
export interface ConfiguredPc extends z.infer<typeof pcSchema> {
  readonly deviceId: string;
  readonly sequence: number;
}

/** The recovery settings of a group, and what became of them. */
export interface ConfiguredGroup extends z.infer<typeof groupSchema> {
  readonly setBy: string;
  readonly sequence: number;
  readonly pcs: readonly ConfiguredPc[];
}

/** Reads out of audit entries which groups got recovery settings, in the order they were set; of several entries about one PC the last counts. Pure. */
export function configuredGroupsOf(entries: readonly AuditEntry[]): readonly ConfiguredGroup[] {
  const groups = new Map<string, Omit<ConfiguredGroup, 'pcs'>>();
  const pcs = new Map<string, ConfiguredPc>();
  for (const { kind, actor, sequence, subject, facts } of entries) {
    if (kind !== 'policy.set') continue;
    const pc = pcSchema.safeParse(facts);
    const group = groupSchema.safeParse(facts);
    if (pc.success && subject.deviceId !== undefined) pcs.set(subject.deviceId, { ...pc.data, deviceId: subject.deviceId, sequence });
    else if (group.success) groups.set(group.data.group, { ...group.data, setBy: actor, sequence });
  }
  return [...groups.values()].map((group) => ({ ...group, pcs: [...pcs.values()].filter((pc) => pc.group === group.group) }));
}
