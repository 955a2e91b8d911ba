import { mkdir, realpath, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { parseOrThrow, RecoveryError, type Clock, type SecretValue } from '@winre-kit/sdk';
import type { SnapshotRecord } from '@winre-kit/snapshot-core';
import type { Platform } from '../platform/platform.ts';
import type { AgentLog } from './agent-log.ts';
import { agentSettingsSchema, type AgentSettings, type AgentSettingsInput } from './agent-settings.ts';
import type { AgentCore } from './boot/agent-boot.ts';
import { openBootMemory } from './boot/boot-memory.ts';
import { runRecovery } from './boot/run-recovery.ts';
import { runService } from './boot/run-service.ts';
import { createWaitList } from './channel/wait-list.ts';
import { enrol } from './enrol.ts';
import { takeRestorePoint } from './restore/keep-restore-points.ts';
import { continuityTokenFile } from './state/continuity-token-file.ts';
import { enrolmentFile, type EnrolmentRecord } from './state/enrolment-record.ts';
import { holdStateFolder } from './state/hold-state-folder.ts';
import { openOperationLedger } from './state/operation-ledger.ts';

/** Everything an agent uses; nothing else is reached for. */
export interface AgentConfig {
  readonly platform: Platform;
  /** Keys, counters and the ledger of executed operations. Outside every volume that an operation may write. */
  readonly stateFolder: string;
  /** `https:` origin of the gateway. */
  readonly gatewayUrl: string;
  /** Authorities that the gateway's certificate must come from, as PEM. Used until the enrolment pins its own. */
  readonly caPem: string;
  readonly clock: Clock;
  /** Cryptographically random. */
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
  readonly log: AgentLog;
  readonly settings: AgentSettingsInput;
}

/** The agent of one device: one program, service mode and recovery mode. */
export interface Agent {
  /**
   * Enrols with a one-time token. A device that is enrolled already gets a new enrolment; its old one ends.
   *
   * @throws {RecoveryError} `unauthenticated`, `device-unreachable`, `deadline-exceeded`, `untrusted-payload`
   */
  enrol(token: SecretValue, call: { readonly signal: AbortSignal }): Promise<{ readonly deviceId: string; readonly enrolmentEpoch: string }>;
  /**
   * Goes from boot to boot until the signal aborts, and then rejects with its reason. What was under way is finished by the next run.
   *
   * @throws {RecoveryError} `failed-precondition` when the device is not enrolled, or the state folder lies on the volume
   */
  run(call: { readonly signal: AbortSignal }): Promise<never>;
  /** Takes a restore point beside the schedule. @throws {RecoveryError} */
  takeRestorePoint(call: { readonly signal: AbortSignal }): Promise<SnapshotRecord>;
}

/** @throws {RecoveryError} `invalid-config` naming the setting */
export function createAgent(config: AgentConfig): Agent {
  const { platform, stateFolder, gatewayUrl, clock, randomBytes, log } = config;
  const settings = parseOrThrow(agentSettingsSchema, config.settings, 'agent settings', 'invalid-config');
  const file = enrolmentFile(stateFolder);

  const alone = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    await prepareStateFolder(config, settings.restorePointsFolder);
    const letGo = await holdStateFolder(stateFolder);
    try {
      return await work();
    } finally {
      await letGo();
    }
  };

  return {
    enrol: (token, { signal }) =>
      alone(async () => {
        const former = await file.read();
        const { ledger } = await openOperationLedger(stateFolder, { expectedGeneration: former?.stateGeneration, randomBytes });
        await ledger.close();
        const caCertificatesPem = former?.caCertificatesPem ?? [config.caPem];
        const { deviceId, enrolmentEpoch } = await enrol({ platform, stateFolder, gatewayUrl, caCertificatesPem, clock, randomBytes, tokenKind: 'one-time', token, stateGeneration: ledger.view.stateGeneration }, signal);
        return { deviceId, enrolmentEpoch };
      }),
    run: ({ signal }) =>
      alone(async () => {
        const record = await file.read();
        if (!record) throw new RecoveryError('failed-precondition', `no enrolment in ${stateFolder}: run \`winre-agent enrol\` first`);
        return runBoots(config, settings, record, signal);
      }),
    async takeRestorePoint({ signal }) {
      await prepareStateFolder(config, settings.restorePointsFolder);
      return takeRestorePoint({ platform, clock, randomBytes, log, restorePointsFolder: settings.restorePointsFolder, nowMs: () => clock.now() }, 'request', signal);
    },
  };
}

async function runBoots(config: AgentConfig, settings: AgentSettings, enrolled: EnrolmentRecord, signal: AbortSignal): Promise<never> {
  const { platform, stateFolder, randomBytes, log } = config;
  const { ledger, lostBecause } = await openOperationLedger(stateFolder, { expectedGeneration: enrolled.stateGeneration, randomBytes });
  const changes = createWaitList();
  const file = enrolmentFile(stateFolder);
  let record = enrolled;
  const save = async (next: EnrolmentRecord): Promise<void> => {
    await file.write(next);
    record = next;
    changes.notify();
  };
  const core: AgentCore = {
    ...config, settings, ledger,
    memory: openBootMemory(stateFolder),
    continuityToken: continuityTokenFile(stateFolder),
    enrolment: {
      get current() {
        return record;
      },
      save,
      changes,
    },
    lastBootCheck: undefined,
  };
  try {
    if (lostBecause !== undefined) {
      log('error', 'what this device has executed is not known any more', { reason: lostBecause });
      await save({ ...record, stateGeneration: ledger.view.stateGeneration });
    }
    // What a script left when the agent was killed is nobody's any more.
    await rm(join(stateFolder, 'scratch'), { recursive: true, force: true });
    for (;;) {
      signal.throwIfAborted();
      // A network that was not confirmed before the last run ended is not trusted to lead anywhere.
      await platform.network.rollBack();
      const boot = await platform.currentBoot();
      log('info', 'boot', { mode: boot.mode, reason: boot.reason });
      const request = await (boot.mode === 'recovery' ? runRecovery : runService)(core, boot, signal);
      await platform.reboot(request.mode, request.reason);
    }
  } finally {
    await ledger.close();
  }
}

async function prepareStateFolder({ platform, stateFolder }: AgentConfig, restorePointsFolder: string): Promise<void> {
  const { mountPoint } = platform.volume;
  const volume = await realpath(mountPoint).catch(() => resolve(mountPoint));
  const requireOutside = (fieldPath: string, folder: string): void => {
    if (folder !== volume && !folder.startsWith(volume + sep)) return;
    throw new RecoveryError('failed-precondition', `${fieldPath} ${folder} lies on the volume ${volume}: an operation that writes the volume would destroy it`, { fieldPath });
  };
  requireOutside('stateFolder', resolve(stateFolder));
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  // Links may lead onto the volume after all.
  requireOutside('stateFolder', await realpath(stateFolder));
  requireOutside('restorePointsFolder', await realpath(restorePointsFolder).catch(() => resolve(restorePointsFolder)));
}
