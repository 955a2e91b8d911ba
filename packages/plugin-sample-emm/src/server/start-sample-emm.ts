import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { createStatementSigner, instantAt, RecoveryError, type Clock, type Logger } from '@winre-kit/sdk';
import { createEscrowOpener, createGateway, issueServerCertificate } from '@winre-kit/winre-agent/gateway';
import { Hono } from 'hono';
import type { MdmStores } from './admin-api/admin-services.ts';
import { createAdminApi } from './admin-api/create-admin-api.ts';
import { listenHttps, type Peer } from './https-listener.ts';
import { lockFolder } from './lock-folder.ts';
import { readFileIfPresent, writePrivateFile } from './private-file.ts';
import { createMdmEndpoint } from './mdm-endpoint/create-mdm-endpoint.ts';
import { sweepMdm } from './mdm-endpoint/sweep-mdm.ts';
import { createUnfinishedSessions } from './mdm-endpoint/unfinished-sessions.ts';
import { createMdmEnrolment } from './mdm-enrolment/create-mdm-enrolment.ts';
import { mdmAddressesAt, mdmPaths, mdmProviderId } from './mdm-enrolment/discovery.ts';
import { loadServerIdentity } from './server-identity.ts';
import { shareOpenings } from './share-openings.ts';
import { createAdminAuditStore } from './store/admin-audit-store.ts';
import { createApiTokenStore, type ApiTokenStore } from './store/api-token-store.ts';
import { createMdmCertificateStore } from './store/mdm-certificate-store.ts';
import { createMdmExecStore } from './store/mdm-exec-store.ts';
import { createMdmSessionStore } from './store/mdm-session-store.ts';
import { createMdmSettingsStore } from './store/mdm-settings-store.ts';
import { openDatabase } from './store/open-database.ts';
import { createOperationFences } from './store/operation-fences.ts';
import { createRebuildOfferingStore } from './store/rebuild-offering-store.ts';
import { createSqliteGatewayStore } from './store/sqlite-gateway-store.ts';

/** How long running answers may take to end when the server stops. */
const closeGraceMs = 2_000;
/** MDM clients that are not heard of for this long enrol again. */
const clientCertificateDays = 365;

/** What the sample EMM runs on. */
export interface SampleEmmSettings {
  /** Where everything is kept: `emm.db`, `server-keys.json`, `ca.pem` and the first tokens. Made when missing, readable by its owner only. */
  readonly folder: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Address to listen on; loopback when not given. */
  readonly host?: string;
  /** Names and addresses in the server's certificate; `localhost` and `127.0.0.1` when not given. */
  readonly hostNames?: readonly string[];
  /** Each gets an administrator token at its first start. */
  readonly tenantIds: readonly string[];
  /** The machine's (`systemClock`), or a test's. */
  readonly clock: Clock;
  /** Where the server and its gateway log to; they put no secret into it. */
  readonly logger: Logger;
  /** How often agents report, in milliseconds; 15,000 when not given. */
  readonly heartbeatEveryMs?: number;
  /** Started operations per tenant and minute; 600 when not given. */
  readonly operationsPerMinute?: number;
}

/** A running sample EMM. */
export interface SampleEmm extends AsyncDisposable {
  /** The port it listens on. */
  readonly port: number;
  /** `https://` with the first host name and the port. */
  readonly url: string;
  /** The authority to trust: for agents, hosts and browsers. */
  readonly caCertificatePem: string;
  /** Files that hold an administrator token which was made by this start. */
  readonly newTokenFiles: readonly string[];
  /** Ends streams and long polls, lets running answers finish, closes the database. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts the sample EMM: admin API under `/admin/v1`, agent gateway under `/winre/v1`, MDM enrolment under `/EnrollmentServer`, MDM sessions at `/ManagementServer/Mdm.svc`, one port, HTTPS only.
 *
 * What it has acknowledged is on the disk, so it may be killed at any moment and started again on the same folder.
 *
 * @throws {RecoveryError} `failed-precondition` when the port is taken, or another server runs on the folder
 */
export async function startSampleEmm(settings: SampleEmmSettings): Promise<SampleEmm> {
  const { folder } = settings;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  try {
    const database = openDatabase(join(folder, 'emm.db'));
    try {
      return await serve(settings, database, lock);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function serve(settings: SampleEmmSettings, database: DatabaseSync, lock: Disposable): Promise<SampleEmm> {
  const { folder, clock, logger, host = '127.0.0.1', hostNames = ['localhost', '127.0.0.1'] } = settings;
  const identity = await loadServerIdentity(join(folder, 'server-keys.json'), clock);
  const { certificatePem: caCertificatePem } = identity.authority;
  const caFile = join(folder, 'ca.pem');
  if (readFileIfPresent(caFile) !== caCertificatePem) writePrivateFile(caFile, caCertificatePem);
  const certificate = await issueServerCertificate({ authority: identity.authority, hostNames, validForDays: 397 }, clock);
  const store = createSqliteGatewayStore(database);
  const tokens = createApiTokenStore(database);
  const newTokenFiles = settings.tenantIds.filter((tenantId) => !tokens.hasAdministrator(tenantId)).map((tenantId) => writeFirstToken(folder, tenantId, tokens, clock));
  const signer = createStatementSigner(identity.gatewayKey);
  const escrow = shareOpenings(await createEscrowOpener(identity.escrowKey));
  const gateway = await createGateway({
    store, signer, clock, logger,
    escrow,
    randomBytes: (length) => randomBytes(length),
    ...(settings.heartbeatEveryMs === undefined ? {} : { heartbeatEveryMs: settings.heartbeatEveryMs }),
  });
  const closing = new AbortController();
  const audit = createAdminAuditStore(database);
  const mdm: MdmStores = { certificates: createMdmCertificateStore(database), settings: createMdmSettingsStore(database), sessions: createMdmSessionStore(database), execs: createMdmExecStore(database) };
  const adminApi = createAdminApi({
    gateway, store, tokens, clock, logger, escrow, mdm, audit,
    gatewayKey: { keyId: signer.keyId, principal: 'gateway', purpose: 'gateway', publicKey: signer.publicKey },
    offerings: createRebuildOfferingStore(database),
    fences: createOperationFences(database),
    caCertificatesPem: [caCertificatePem],
    operationsPerMinute: settings.operationsPerMinute ?? 600,
    closing: closing.signal,
  });
  const enrolMdm = createMdmEnrolment({
    store, gateway, clock, logger, audit, ...mdm,
    authority: identity.authority,
    newId: () => randomBytes(16).toString('hex'),
    validForDays: clientCertificateDays,
    providerId: mdmProviderId,
    addresses: () => mdmAddressesAt(url),
  });
  const unfinished = createUnfinishedSessions(mdm.certificates, clock);
  const holdMdmSession = createMdmEndpoint({ gateway, store, clock, logger, audit, escrow, ...mdm, unfinished, authorityPem: caCertificatePem });
  const app = new Hono<{ Bindings: Peer }>()
    .all('/winre/v1/*', (context) => gateway.fetch(context.req.raw))
    .all('/admin/v1/*', (context) => adminApi.fetch(context.req.raw))
    .on(['GET', 'POST'], '/EnrollmentServer/*', (context) => enrolMdm(context.req.raw))
    .post(mdmPaths.management, (context) => holdMdmSession(context.req.raw, context.env));
  const listener = await listenHttps((request, peer) => app.fetch(request, peer), { host, port: settings.port, certificate, clientAuthorityPem: caCertificatePem });
  const sweeping = sweepMdm({ gateway, store, clock, escrow, settings: mdm.settings }, unfinished, logger, closing.signal);
  const url = `https://${hostNames[0] ?? host}:${listener.port}`;
  logger.log('info', 'sample EMM is listening', { host, port: listener.port });

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= (async () => {
      closing.abort(new RecoveryError('unavailable', 'the sample EMM is stopping'));
      // Waiting polls and watchers are answered first, so that the listener has nothing long left to wait for.
      await gateway.close();
      await listener.close(closeGraceMs);
      await sweeping;
      database.close();
      lock[Symbol.dispose]();
    })();
    return closed;
  };
  return { port: listener.port, url, caCertificatePem, newTokenFiles, close, [Symbol.asyncDispose]: close };
}

/** The file comes first: a token that exists only as a digest would help nobody. */
function writeFirstToken(folder: string, tenantId: string, tokens: ApiTokenStore, clock: Clock): string {
  const path = join(folder, `administrator-token.${tenantId}`);
  const token = tokens.mint();
  writePrivateFile(path, token);
  tokens.add(token, { tenantId, principal: 'administrator', role: 'administrator' }, instantAt(clock.now()));
  return path;
}
