import { parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import { pollRequestSchema, signTime, type Command, type PollReply, type PollRequest } from '../../protocol/index.ts';
import type { Channel } from '../channel-registry.ts';
import { newsFor, newsVersionOf } from '../device-news.ts';
import { requireEnrolled, requireTenant, type GatewayCore } from '../gateway-core.ts';
import { retireCommands } from '../retire-commands.ts';
import { settleChannel } from '../settle-channel.ts';
import { requireNotRevoked } from '../tenant-trust.ts';
import { waitForChange } from '../wake-hub.ts';
import type { AuthenticRequest } from './authenticate-channel.ts';
import { parseJsonBody } from './read-body.ts';

interface Round {
  readonly isUrgent: boolean;
  readonly reply: Omit<PollReply, 'logs'>;
}
/** The answer to a poll that another one or another channel has replaced. */
const nothing: Round = { isUrgent: false, reply: { commands: [] } };

/** `POST /channel/poll`: a heartbeat that waits for commands. */
export async function pollCommands(core: GatewayCore, request: AuthenticRequest): Promise<PollReply> {
  const { channel, sequence } = request;
  const poll = parseOrThrow(pollRequestSchema, parseJsonBody(request.body), 'poll');
  // A delayed poll says what the agent held before a newer one; it must settle nothing.
  if (sequence < channel.latestPoll) throw new RecoveryError('unauthenticated', 'a newer poll has arrived before this one', { facts: { reason: 'replayed' } });
  channel.latestPoll = sequence;
  core.polls.notify(channel.deviceId);
  const untilMs = core.clock.monotonicMs() + poll.waitMs;
  const signal = AbortSignal.any([request.signal, core.closed]);
  const isCurrent = (): boolean => core.channels.ofDevice(channel.deviceId) === channel && channel.latestPoll === sequence && !signal.aborted;

  await core.lock.run(channel.deviceId, async () => {
    if (!isCurrent()) return;
    await settleChannel(core, channel, { lastCommandSequence: poll.lastCommandSequence });
    core.sessions.seen(channel.deviceId, poll);
  });
  for (;;) {
    const change = core.polls.next(channel.deviceId);
    const { reply, isUrgent } = await core.lock.run(channel.deviceId, () => (isCurrent() ? collect(core, channel, poll) : Promise.resolve(nothing)));
    const remainingMs = untilMs - core.clock.monotonicMs();
    if (isUrgent || remainingMs <= 0 || !isCurrent()) {
      return { ...reply, ...(poll.timeNonce !== undefined && { time: await signTime(poll.timeNonce, core.clock.now(), core.config.signer) }), logs: core.logs.window(channel.deviceId, channel.bootId) };
    }
    await waitForChange(change, remainingMs, core.clock, signal).catch((reason: unknown) => {
      // The caller has gone: nobody would read the answer. The gateway is closing: answer now.
      if (request.signal.aborted) throw reason;
    });
  }
}

/** What there is to tell now, and whether it must be told at once. Operations are retired by this. */
async function collect(core: GatewayCore, channel: Channel, poll: PollRequest): Promise<Round> {
  const tenant = await requireTenant(core.store, channel.tenantId);
  requireNotRevoked(tenant, channel.deviceId);
  const device = await requireEnrolled(core.store, channel);
  const commands: Command[] = [...(await retireCommands(core, channel)), ...core.queries.commandsFor(channel.deviceId, poll.openQueryIds)];
  const news = await newsVersionOf(device, tenant);
  const isUrgent = commands.length > 0 || channel.told !== news;
  channel.told = news;
  return { isUrgent, reply: { commands, ...(await newsFor(core, device, tenant, poll)) } };
}
