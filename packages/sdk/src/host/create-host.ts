import { EventEmitter } from 'eventemitter3';
import { z } from 'zod';
import { parseOrThrow } from '../errors/parse-or-throw.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import { claimOf } from '../contract/capability-descriptor.ts';
import { trustedKeySchema } from '../schemas/approval.ts';
import type { AuditEntryInput } from './audit/audit-entry.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { Host, HostOptions } from './host.ts';
import type { HostEvents } from './host-events.ts';
import { createOperations } from './operations/create-operations.ts';
import { snapshotOf } from './operations/operation-record.ts';
import { connectPlugin } from './plugins/open-plugin.ts';
import type { PluginConnection } from './plugins/plugin-connection.ts';
import { createCallObserver } from './services/observe-call.ts';
import { createRedactingLogger } from './services/redacting-logger.ts';
import { createRedactor, type Redactor } from './services/redactor.ts';
import { createSessionRegistry } from './sessions/session-registry.ts';

const keysSchema = z.object({ approvers: z.array(trustedKeySchema), signers: z.array(trustedKeySchema), digestKey: z.instanceof(Uint8Array).refine((key) => key.length >= 32, 'expected at least 32 bytes') });

/**
 * Makes a host. Nothing happens until a method is called; the journal is read at the first one that needs it.
 * Disposing closes every plug-in; journal and audit log stay open, because they belong to the caller.
 *
 * @throws {RecoveryError} `invalid-argument` for malformed keys
 */
export function createHost(given: HostOptions): Host {
  parseOrThrow(keysSchema, given, 'createHost');
  const redactor = createRedactor();
  const logger = createRedactingLogger(given.logger, redactor);
  const audit = redactedAudit(given.audit, redactor);
  const options: HostOptions = { ...given, logger, audit };
  const events = new EventEmitter<HostEvents>();
  const emit = <Name extends keyof HostEvents>(name: Name, ...payload: HostEvents[Name]): void => {
    try {
      // The emitter's types cannot follow a name that is generic here.
      (events as unknown as EventEmitter).emit(name, ...payload);
    } catch (error) {
      logger.log('error', `a listener for ${name} failed`, { error });
    }
  };
  /** For what must go on when the log cannot be written: watching, closing. */
  const auditBestEffort = async (entry: AuditEntryInput): Promise<void> => {
    await audit.append(entry).catch((error: unknown) => logger.log('error', 'the audit log cannot be written', { error }));
  };
  const connections = new Map<string, { connection: PluginConnection; stop: AbortController; following: Promise<void> }>();
  const opening = new Set<string>();
  const observer = createCallObserver({ clock: options.clock, tracer: options.tracer, meter: options.meter });
  const connectionOf = (pluginId: string): PluginConnection => {
    const open = connections.get(pluginId);
    if (!open) throw new RecoveryError('not-found', `plug-in ${pluginId} is not open on this host: open it first`, { facts: { pluginId } });
    return open.connection;
  };
  const sessions = createSessionRegistry({
    clock: options.clock,
    logger,
    storage: options.storage,
    audit: auditBestEffort,
    onChange(change) {
      if ('session' in change) emit(change.type, change.session);
      else if (change.type === 'session-log') emit('session-log', change.event);
    },
  });
  const closing = new AbortController();
  const operations = createOperations({ options, redactor, connectionOf, closing: closing.signal, onChange: (record) => emit('operation-changed', snapshotOf(record)) });

  return {
    ...operations,
    async openPlugin(definition, config, call = {}) {
      const { id } = definition;
      if (connections.has(id) || opening.has(id)) throw new RecoveryError('already-exists', `plug-in ${id} is open: end it first with plugin[Symbol.asyncDispose]()`);
      opening.add(id);
      try {
        const stop = new AbortController();
        const connection = await connectPlugin(definition, config, call, {
          options, redactor, observer,
          async onClosed() {
            const open = connections.get(id);
            connections.delete(id);
            stop.abort(new RecoveryError('cancelled', `plug-in ${id} was closed`));
            await open?.following;
            await auditBestEffort({ kind: 'plugin.closed', actor: 'host', subject: { pluginId: id }, message: `closed ${id}`, facts: {} });
          },
        });
        const { opened } = connection;
        try {
          const { version, specVersion, descriptorHash } = opened;
          await audit.append({ kind: 'plugin.opened', actor: 'host', subject: { pluginId: id }, message: `opened ${id} ${version}`, facts: { version, specVersion, descriptorHash } });
        } catch (error) {
          await opened[Symbol.asyncDispose]();
          throw error;
        }
        const follows = options.followSessions !== false && claimOf(opened.descriptor, 'winre.session.detect') !== undefined;
        const following = follows ? sessions.follow(opened, stop.signal).catch((error: unknown) => logger.log('error', `sessions of plug-in ${id} are not followed any more`, { error })) : Promise.resolve();
        connections.set(id, { connection, stop, following });
        return opened;
      } finally {
        opening.delete(id);
      }
    },
    plugin: (pluginId) => connectionOf(pluginId).opened,
    sessions: { list: (filter) => sessions.list(filter), get: (sessionId) => sessions.get(sessionId), watch: (call) => sessions.watch(call) },
    audit,
    clock: options.clock,
    events,
    async [Symbol.asyncDispose]() {
      closing.abort(new RecoveryError('cancelled', 'the host was closed'));
      await Promise.all([...connections.values()].map(({ connection }) => connection.opened[Symbol.asyncDispose]()));
      events.removeAllListeners();
    },
  };
}

/** The last door before the log: no known secret passes, whoever wrote it. */
function redactedAudit(audit: AuditLog, redactor: Redactor): AuditLog {
  return {
    append: (entry) => audit.append(redactor.redactValue(entry)),
    checkpoint: () => audit.checkpoint(),
    exportAudit: () => audit.exportAudit(),
    inclusionProof: (sequence, size) => audit.inclusionProof(sequence, size),
    consistencyProof: (fromSize) => audit.consistencyProof(fromSize),
    get size() {
      return audit.size;
    },
    get root() {
      return audit.root;
    },
    close: () => audit.close(),
  };
}
