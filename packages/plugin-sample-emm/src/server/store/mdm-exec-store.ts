import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

/**
 * Where an Exec is. `queued`: has not left. `sent`: written before it left, and nothing heard since. `accepted`: the device took it on (202) and tells its end later.
 * `unknown`: it left, and the device's word does not say what became of it, or never came. `done`, `failed`: by the device's word. `withdrawn`: its enrolment ended before it left. Nothing ever goes back to `queued`.
 */
export const mdmExecStateSchema = z.enum(['queued', 'sent', 'accepted', 'unknown', 'done', 'failed', 'withdrawn']);
export type MdmExecState = z.infer<typeof mdmExecStateSchema>;

const execSchema = z.object({
  execKey: z.string(),
  uri: z.string(),
  /** Not secret. */
  data: z.string().optional(),
  requestedBy: z.string(),
  requestedAt: z.string(),
  sentAt: z.string().optional(),
  settledAt: z.string().optional(),
  /** The device's status code. */
  status: z.int().optional(),
});

/** One command of the Exec kind for one device. */
export type MdmExec = z.infer<typeof execSchema> & { readonly state: MdmExecState };

/** What an Exec came to; `accepted` is not its end. */
export interface MdmExecOutcome {
  readonly state: 'accepted' | 'unknown' | 'done' | 'failed';
  readonly at: string;
  readonly status?: number;
}

/** Exec commands: each is sent at most once. What returned is on the disk. */
export interface MdmExecStore {
  /** @returns false when the key was used before */
  add(tenantId: string, deviceId: string, exec: Pick<MdmExec, 'execKey' | 'uri' | 'data' | 'requestedBy' | 'requestedAt'>): boolean;
  /** Oldest first. */
  list(deviceId: string): readonly MdmExec[];
  /** Queued becomes sent. Call it in the transaction that comes before the reply. */
  markSent(deviceId: string, execKey: string, at: string): void;
  /** Sent becomes accepted or settled, and accepted becomes settled; anything else stays as it is. */
  settle(deviceId: string, execKey: string, outcome: MdmExecOutcome): void;
  /** The enrolment that they were for has ended: queued becomes withdrawn, sent and accepted become unknown. Call it in the transaction of the next one. */
  endEnrolment(deviceId: string, at: string): void;
}

export function createMdmExecStore(database: DatabaseSync): MdmExecStore {
  const insert = database.prepare("INSERT INTO mdm_execs (tenant_id, exec_key, device_id, exec, state) VALUES (?, ?, ?, ?, 'queued') ON CONFLICT DO NOTHING");
  const select = database.prepare('SELECT exec, state FROM mdm_execs WHERE device_id = ? ORDER BY sequence');
  const update = database.prepare("UPDATE mdm_execs SET exec = json_patch(exec, ?), state = ? WHERE device_id = ? AND exec_key = ? AND state = ?");
  const updateAll = database.prepare('UPDATE mdm_execs SET exec = json_patch(exec, ?), state = ? WHERE device_id = ? AND state = ?');
  return {
    add: (tenantId, deviceId, exec) => insert.run(tenantId, exec.execKey, deviceId, JSON.stringify(exec)).changes === 1,
    list: (deviceId) => select.all(deviceId).map((row) => ({ ...execSchema.parse(JSON.parse(String(row['exec']))), state: mdmExecStateSchema.parse(row['state']) })),
    markSent: (deviceId, execKey, at) => void update.run(JSON.stringify({ sentAt: at }), 'sent', deviceId, execKey, 'queued'),
    settle(deviceId, execKey, { state, at, status }) {
      const isEnd = state !== 'accepted';
      const patch = JSON.stringify({ ...(isEnd && { settledAt: at }), ...(status !== undefined && { status }) });
      for (const before of isEnd ? ['sent', 'accepted'] : ['sent']) update.run(patch, state, deviceId, execKey, before);
    },
    endEnrolment(deviceId, at) {
      const settled = JSON.stringify({ settledAt: at });
      updateAll.run(settled, 'withdrawn', deviceId, 'queued');
      for (const before of ['sent', 'accepted']) updateAll.run(settled, 'unknown', deviceId, before);
    },
  };
}
