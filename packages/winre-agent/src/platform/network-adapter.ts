import type { Socket } from 'node:net';
import type { NetworkProfile, NetworkStatus, SecretValue } from '@winre-kit/sdk';

/** The device's way to the gateway. Every socket of the channel comes from here, so that a network that is down is down for the agent too. */
export interface NetworkAdapter {
  status(): Promise<NetworkStatus>;
  /** A connecting TCP socket; the caller owns it. @throws {RecoveryError} `device-unreachable` while there is no network */
  openSocket(target: { readonly host: string; readonly port: number }): Socket;
  /**
   * Leaves the present network, which destroys open sockets, and joins another. Resolves also when the new network does not come up:
   * only reaching the gateway proves it. The change stays unconfirmed, across restarts too, until {@link confirm} or {@link rollBack}.
   *
   * @param key value of `profile.key` for networks with a password
   */
  apply(profile: NetworkProfile, key: SecretValue | undefined): Promise<void>;
  /** Keeps the applied network. Idempotent. */
  confirm(): Promise<void>;
  /** Goes back to the network before the unconfirmed change; false when there is none. */
  rollBack(): Promise<boolean>;
}
