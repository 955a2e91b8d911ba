import { join } from 'node:path';
import type { Clock } from '@winre-kit/sdk';
import type { Boot, Platform } from '../../platform/platform.ts';
import type { AgentLog } from '../agent-log.ts';
import type { AgentServices } from '../agent-services.ts';
import type { AgentSettings } from '../agent-settings.ts';
import { agentVersion } from '../agent-version.ts';
import { createGatewayLink } from '../channel/gateway-link.ts';
import { createLogSender } from '../channel/log-sender.ts';
import { createReportOutbox, type ReportOutbox } from '../channel/report-outbox.ts';
import { createWaitList, type WaitList } from '../channel/wait-list.ts';
import { prepareNetwork } from '../operations/apply-network.ts';
import { prepareEnterSession, prepareExitSession } from '../operations/exit-session.ts';
import { createOperationRunner, type OperationRunner } from '../operations/operation-runner.ts';
import { prepareRebuild } from '../operations/rebuild-volume.ts';
import { prepareKeyRelease, prepareKeyRotation } from '../operations/recovery-keys.ts';
import { prepareRestore } from '../operations/restore-volume.ts';
import { preparePackage, prepareScript } from '../operations/run-script.ts';
import { prepareRemediationTest } from '../operations/test-remediation.ts';
import { createQueryDesk } from '../queries/query-desk.ts';
import type { ContinuityTokenFile } from '../state/continuity-token-file.ts';
import type { EnrolmentRecord } from '../state/enrolment-record.ts';
import type { OperationLedger } from '../state/operation-ledger.ts';
import type { BootCheckVerdict } from './boot-check.ts';
import type { BootMemory } from './boot-memory.ts';

/** What lives as long as the program. */
export interface AgentCore {
  readonly platform: Platform;
  readonly stateFolder: string;
  readonly gatewayUrl: string;
  readonly clock: Clock;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
  readonly log: AgentLog;
  readonly settings: AgentSettings;
  readonly ledger: OperationLedger;
  readonly memory: BootMemory;
  readonly continuityToken: ContinuityTokenFile;
  readonly enrolment: { readonly current: EnrolmentRecord; save(record: EnrolmentRecord): Promise<void>; readonly changes: WaitList };
  lastBootCheck: BootCheckVerdict | undefined;
}

/** Everything that belongs to one start of the machine. */
export interface AgentBoot {
  readonly core: AgentCore;
  readonly services: AgentServices;
  readonly outbox: ReportOutbox;
  readonly runner: OperationRunner;
}

/** Wires the parts of one boot together; nothing runs yet. @param signal ends answers to queries with the boot */
export function createAgentBoot(core: AgentCore, boot: Boot, signal: AbortSignal): AgentBoot {
  const { platform, clock, randomBytes, settings, ledger, enrolment, memory } = core;
  const outbox = createReportOutbox(ledger);
  const logs = createLogSender(() => enrolment.current.consent);
  const log: AgentLog = (level, message, fields) => {
    core.log(level, message, fields);
    if (level !== 'debug') logs.offer({ stream: 'agent', category: 'agent-log', text: `${JSON.stringify({ level, message, ...fields })}\n` });
  };
  // Operations and questions need the link, and the link hands commands to them: the link's callbacks reach what is made after it.
  const desk = createQueryDesk(() => services);
  const link = createGatewayLink({
    gatewayUrl: core.gatewayUrl, network: platform.network, reconnect: settings.reconnect, clock, randomBytes, log, ledger, outbox, logs, enrolment,
    openQueryIds: () => desk.openQueryIds,
    helloFacts: (resumeSessionId) => ({
      mode: boot.mode,
      bootReason: boot.reason,
      bootId: boot.bootId,
      agentVersion,
      osBuild: platform.hardware.osBuild,
      winreVersion: platform.hardware.winreVersion,
      stateGeneration: ledger.view.stateGeneration,
      lastCommandSequence: ledger.view.lastCommandSequence,
      openOperations: [...ledger.view.operations.values()].filter(({ finalReport }) => !finalReport?.acknowledged).map(({ operationKey, state }) => ({ operationKey, state })),
      abilities: platform.abilities,
      ...(resumeSessionId !== undefined && { resumeSessionId }),
    }),
    async onCommands(commands, channel) {
      for (const command of commands) {
        if (command.kind === 'query') desk.take(command, channel, signal);
        else await runner.receive(command, channel);
      }
    },
  });
  const services: AgentServices = {
    platform, boot, clock, randomBytes, log, settings, link, logs, enrolment,
    scratchFolder: join(core.stateFolder, 'scratch'),
    lastBootCheck: () => core.lastBootCheck,
    remediation: memory.remediation,
    continuityToken: core.continuityToken,
    escrowedKey: memory.escrowedKey,
    unlocked: createWaitList(),
  };
  const runner = createOperationRunner(services, {
    ledger,
    outbox,
    handlers: {
      'winre.session.enter': prepareEnterSession,
      'winre.session.exit': prepareExitSession,
      'winre.script.push': prepareScript(services),
      'winre.package.push': preparePackage(services),
      'winre.network.configure': prepareNetwork(services),
      'winre.restore.trigger': prepareRestore(services),
      'winre.rebuild.trigger': prepareRebuild(services),
      'winre.remediation.test': prepareRemediationTest(services),
      'winre.keys.escrow': prepareKeyRotation(services),
      'winre.keys.release': prepareKeyRelease(services),
    },
  });
  return { core, services, outbox, runner };
}
