import { instantAt, parseOrThrow, RecoveryError, toBase64, type Clock } from '@winre-kit/sdk';
import { logsReplySchema, pollReplySchema, protocolLimits, reportReplySchema, verifyTime, type Command, type PollReply, type PollRequest } from '../../protocol/index.ts';
import type { AgentLog } from '../agent-log.ts';
import type { EnrolmentRecord } from '../state/enrolment-record.ts';
import { revokedKeyIdsOf } from '../state/enrolment-record.ts';
import { anchorTime, gatewayTimeAt, type TimeAnchor, type TimeSample } from '../state/gateway-time.ts';
import type { OperationLedger } from '../state/operation-ledger.ts';
import type { NetworkAdapter } from '../../platform/network-adapter.ts';
import { acceptTrust, type TrustNews } from './accept-trust.ts';
import { createGatewayClient, type GatewayClient } from './gateway-client.ts';
import type { LogSender } from './log-sender.ts';
import { openChannel, requestTimeoutMs, type Channel, type HelloFacts } from './open-channel.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';
import type { ReportOutbox } from './report-outbox.ts';
import { createWaitList } from './wait-list.ts';

/** What the link takes from outside. */
export interface GatewayLinkSettings {
  readonly gatewayUrl: string;
  readonly network: NetworkAdapter;
  readonly clock: Clock;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
  readonly log: AgentLog;
  readonly ledger: OperationLedger;
  readonly outbox: ReportOutbox;
  readonly logs: LogSender;
  readonly reconnect: { readonly firstMs: number; readonly maxMs: number };
  /** The enrolment as it stands; `save` makes a changed one durable. */
  readonly enrolment: { readonly current: EnrolmentRecord; save(record: EnrolmentRecord): Promise<void> };
  helloFacts(resumeSessionId: string | undefined): HelloFacts;
  /** Queries being worked on. */
  openQueryIds(): readonly string[];
  /** Takes commands in; the next poll follows when it resolves, so it writes down and does not execute. */
  onCommands(commands: readonly Command[], channel: Channel): Promise<void>;
}

/** Keeps one channel to the gateway open: hello, polls, reports, logs, and again after every loss. */
export interface GatewayLink {
  /** Runs until the signal aborts; rejects only with the signal's reason or a defect. */
  run(signal: AbortSignal): Promise<void>;
  /** The gateway's time in milliseconds since 1970; undefined before the first signed time. */
  gatewayTimeMs(): number | undefined;
  readonly channel: Channel | undefined;
  /** Resolves with the next channel that is opened from now on. */
  nextChannel(signal: AbortSignal): Promise<Channel>;
  /** Gives the present channel up and tries again at once: after the network changed. */
  reconnect(): void;
}

export function createGatewayLink(settings: GatewayLinkSettings): GatewayLink {
  const { clock, log, ledger, outbox, logs, enrolment } = settings;
  const opened = createWaitList();
  let channel: Channel | undefined;
  let sessionId: string | undefined;
  let anchor: TimeAnchor | undefined;
  let heartbeat = 0;
  let attempt = new AbortController();

  const learn = async (news: TrustNews): Promise<void> => {
    const next = await acceptTrust(enrolment.current, news);
    if (JSON.stringify(next) !== JSON.stringify(enrolment.current)) await enrolment.save(next);
  };
  const learnTime = async (sample: TimeSample): Promise<void> => {
    anchor = anchorTime(anchor, sample);
    const { replacesLostLedger, anchoredAtMs } = ledger.view;
    if (replacesLostLedger && anchoredAtMs === undefined) await ledger.append({ entry: 'anchored', gatewayTimeMs: gatewayTimeAt(anchor, clock.monotonicMs()) ?? 0 });
  };

  const pollForever = async (open: Channel, client: GatewayClient, signal: AbortSignal): Promise<never> => {
    for (;;) {
      const waitMs = Math.min(open.heartbeatEveryMs, protocolLimits.maxPollWaitMs);
      const timeNonce = toBase64(settings.randomBytes(24));
      heartbeat += 1;
      const { trustSequence, revocations, settingsVersion } = enrolment.current;
      const request: PollRequest = {
        waitMs, heartbeat, timeNonce, trustSequence, settingsVersion,
        revocationsSequence: revocations?.sequence ?? -1,
        lastCommandSequence: ledger.view.lastCommandSequence,
        openQueryIds: [...settings.openQueryIds()],
        network: await settings.network.status(),
      };
      const sentAtMs = clock.monotonicMs();
      const reply: PollReply = parseOrThrow(pollReplySchema, await open.post('poll', request, { signal, timeoutMs: waitMs + requestTimeoutMs }), 'poll reply', 'unavailable');
      await learn(reply);
      if (reply.time) {
        const { trustedKeys } = enrolment.current;
        const gatewayTimeMs = await verifyTime(reply.time, { nonce: timeNonce, trustedKeys, revokedKeyIds: revokedKeyIdsOf(enrolment.current) });
        await learnTime({ sentAtMs, receivedAtMs: clock.monotonicMs(), gatewayTimeMs });
        client.requireValidAt(gatewayTimeMs);
      }
      logs.settle(reply.logs);
      await settings.onCommands(reply.commands, open);
    }
  };
  const reportForever = async (open: Channel, _client: GatewayClient, signal: AbortSignal): Promise<never> => {
    for (;;) {
      const reports = await outbox.nextBatch(signal);
      await outbox.settle(parseOrThrow(reportReplySchema, await open.post('report', { reports }, { signal }), 'report reply', 'unavailable'));
    }
  };
  const sendLogsForever = async (open: Channel, _client: GatewayClient, signal: AbortSignal): Promise<never> => {
    for (let chunks = logs.firstBatch(); ; chunks = await logs.nextBatch(signal)) {
      logs.settle(parseOrThrow(logsReplySchema, await open.post('logs', { chunks }, { signal }), 'logs reply', 'unavailable'));
    }
  };

  const converse = async (signal: AbortSignal, onOpen: () => void): Promise<void> => {
    const client = createGatewayClient({ gatewayUrl: settings.gatewayUrl, caCertificatesPem: enrolment.current.caCertificatesPem, network: settings.network, clock });
    const loss = new AbortController();
    const both = AbortSignal.any([signal, loss.signal]);
    try {
      const hello = await openChannel({ client, clock, randomBytes: settings.randomBytes }, enrolment.current, settings.helloFacts(sessionId), signal);
      client.requireValidAt(hello.time.gatewayTimeMs);
      if (JSON.stringify(hello.record) !== JSON.stringify(enrolment.current)) await enrolment.save(hello.record);
      await learnTime(hello.time);
      signal.throwIfAborted();
      const open = hello.channel;
      [channel, sessionId] = [open, open.sessionId];
      onOpen();
      log('info', 'channel open', { gatewayTime: instantAt(hello.time.gatewayTimeMs), ...(sessionId !== undefined && { sessionId }) });
      opened.notify();
      const loops = [pollForever, reportForever, sendLogsForever].map((loop) =>
        loop(open, client, both).catch((error: unknown) => {
          loss.abort(error);
          throw error;
        }),
      );
      await Promise.allSettled(loops);
      throw loss.signal.reason;
    } finally {
      channel = undefined;
      client.close();
    }
  };

  return {
    async run(signal) {
      for (let failures = 0; ; ) {
        attempt = new AbortController();
        const current = AbortSignal.any([signal, attempt.signal]);
        try {
          await converse(current, () => void (failures = 0));
        } catch (error) {
          signal.throwIfAborted();
          if (attempt.signal.aborted) continue;
          if (!RecoveryError.isInstance(error)) throw error;
          failures += 1;
          const random = new DataView(new Uint8Array(settings.randomBytes(4)).buffer).getUint32(0) / 2 ** 32;
          const delayMs = reconnectDelayMs(failures, random, settings.reconnect);
          log('warn', 'no channel', { code: error.code, reason: error.message, retryInMs: delayMs });
          await clock.sleep(delayMs, { signal: current }).catch(() => signal.throwIfAborted());
        }
      }
    },
    gatewayTimeMs: () => gatewayTimeAt(anchor, clock.monotonicMs()),
    get channel() {
      return channel;
    },
    async nextChannel(signal) {
      await opened.wait(signal);
      if (!channel) throw new RecoveryError('session-lost', 'the channel was lost as soon as it was open');
      return channel;
    },
    reconnect: () => attempt.abort(new RecoveryError('device-unreachable', 'the network changed')),
  };
}
