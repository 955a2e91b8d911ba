import { RecoveryError, type Clock } from '@winre-kit/sdk';
import type { AgentServices } from '../agent-services.ts';
import type { GatewayLink } from '../channel/gateway-link.ts';
import { withDeadline } from '../channel/with-deadline.ts';
import type { OperationResult, PrepareOperation } from './operation-handler.ts';

/**
 * Joins another network, which cuts the session. It stays only when the gateway is reached through it in time; otherwise the device goes back to the
 * former network by itself, so that a wrong key never strands it.
 */
export function prepareNetwork(services: AgentServices): PrepareOperation<'winre.network.configure'> {
  const { platform, link, clock, log } = services;
  return async ({ intent, secret }) => {
    const { profile, confirmDisconnect, rollBackAfterMs } = intent;
    if (!platform.abilities.networkKinds.includes(profile.kind)) {
      throw new RecoveryError('unsupported', `this device cannot join a network of kind ${profile.kind}; it can join ${platform.abilities.networkKinds.join(', ')}`);
    }
    const { connected } = await platform.network.status();
    if (connected && !confirmDisconnect) throw new RecoveryError('failed-precondition', 'the change would cut the live session: confirm it with confirmDisconnect', { facts: { unmet: ['disconnect-confirmed'] } });
    const key = 'key' in profile ? await secret(profile.key.secret) : undefined;
    return async (stage): Promise<OperationResult> => {
      stage.report({ message: `joining ${profile.kind}` });
      const goBack = async (): Promise<void> => {
        await platform.network.rollBack();
        link.reconnect();
      };
      try {
        await platform.network.apply(profile, key);
        link.reconnect();
        await gatewayReached(link, clock, rollBackAfterMs, stage.signal);
      } catch (error) {
        log('warn', 'the new network did not reach the gateway', { kind: profile.kind, reason: (error as Error).message });
        await goBack();
        stage.signal.throwIfAborted();
        return { state: 'failed', rawState: 'rolled-back', deviceCode: 'device-unreachable', message: `the gateway was not reached through ${profile.kind} within ${rollBackAfterMs} ms; the former network is back` };
      }
      await platform.network.confirm();
      const status = await platform.network.status();
      return {
        state: 'succeeded',
        rawState: 'connected',
        message: `connected through ${profile.kind}`,
        evidence: { kind: 'gateway-reached', detail: { kind: profile.kind, addresses: status.addresses, ...(status.ssid !== undefined && { ssid: status.ssid }) } },
      };
    };
  };
}

async function gatewayReached(link: GatewayLink, clock: Clock, deadlineMs: number, signal: AbortSignal): Promise<void> {
  await withDeadline(clock, { deadlineMs, signal, what: 'reaching the gateway' }, async (limited) => {
    for (;;) {
      try {
        await link.nextChannel(limited);
        return;
      } catch (error) {
        limited.throwIfAborted();
        // The channel was lost as soon as it was there; the next one may stay.
        if (!RecoveryError.isInstance(error) || error.code !== 'session-lost') throw error;
      }
    }
  });
}
