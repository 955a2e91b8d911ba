import type { DatabaseSync } from 'node:sqlite';
import type { AskedCommand, MdmReport, MdmSession } from '../mdm-endpoint/mdm-session.ts';

/** The running session of a device, and as it was before its last message: with that the same message is answered again. */
export interface StoredMdmSession {
  readonly before: MdmSession | undefined;
  readonly now: MdmSession;
}

/** What survives the server of sessions, and what devices said of themselves. Holds no secret. */
export interface MdmSessionStore {
  readSession(deviceId: string): StoredMdmSession | undefined;
  readReport(deviceId: string): MdmReport | undefined;
  /** Call it in the transaction that comes before the reply. */
  write(deviceId: string, session: StoredMdmSession, report: MdmReport): void;
  /** Forgets session and report of a device: they belong to an enrolment that has ended. Call it in the transaction of the next one. */
  forget(deviceId: string): void;
}

export function createMdmSessionStore(database: DatabaseSync): MdmSessionStore {
  const selectSession = database.prepare('SELECT session FROM mdm_sessions WHERE device_id = ?');
  const selectReport = database.prepare('SELECT report FROM mdm_reports WHERE device_id = ?');
  const upsertSession = database.prepare('INSERT INTO mdm_sessions (device_id, session) VALUES (?, ?) ON CONFLICT (device_id) DO UPDATE SET session = excluded.session');
  const upsertReport = database.prepare('INSERT INTO mdm_reports (device_id, report) VALUES (?, ?) ON CONFLICT (device_id) DO UPDATE SET report = excluded.report');
  const deleteSession = database.prepare('DELETE FROM mdm_sessions WHERE device_id = ?');
  const deleteReport = database.prepare('DELETE FROM mdm_reports WHERE device_id = ?');
  return {
    // Only this server writes these rows, so they are only parsed.
    readSession(deviceId) {
      const row = selectSession.get(deviceId);
      return row && (JSON.parse(String(row['session'])) as StoredMdmSession);
    },
    readReport(deviceId) {
      const row = selectReport.get(deviceId);
      return row && (JSON.parse(String(row['report'])) as MdmReport);
    },
    write(deviceId, { before, now }, report) {
      upsertSession.run(deviceId, JSON.stringify({ ...(before && { before: storedSession(before) }), now: storedSession(now) }));
      upsertReport.run(deviceId, JSON.stringify(report));
    },
    forget(deviceId) {
      deleteSession.run(deviceId);
      deleteReport.run(deviceId);
    },
  };
}

/**
 * What of a session is stored. Pure.
 *
 * Values of an answer that is not complete may be ones that the device keeps secret: they stay in memory. Their Gets wait to be sent again, and what is still to come of
 * them answers nothing any more: half a value must not be taken for the whole, nor a status for a value.
 */
export function storedSession({ partial, ...session }: MdmSession): MdmSession {
  const { asked, results, waiting } = session;
  const isForgotten = ({ name, uri, commandId }: AskedCommand): boolean => name === 'Get' && (partial?.commandRef === commandId || results.some((result) => result.uri === uri));
  const forgotten = asked.filter(isForgotten).map(({ uri }) => uri);
  return { ...session, asked: asked.filter((command) => !isForgotten(command)), results: [], waiting: [...forgotten, ...waiting.filter((uri) => !forgotten.includes(uri))] };
}
