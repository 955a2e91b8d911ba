import { canonicalJson, type SecretValue } from '@winre-kit/sdk';
import type { EscrowOpener } from '@winre-kit/winre-agent/gateway';

/**
 * The same opener, for whoever asks for one secret many times at once, as a fleet does for the key of its group's network: it is opened once for all who wait for it.
 * Nothing is kept: whoever asks after it was opened has it opened anew.
 */
export function shareOpenings(escrow: EscrowOpener): EscrowOpener {
  const running = new Map<string, Promise<SecretValue>>();
  return {
    key: escrow.key,
    open(sealed, context) {
      const name = canonicalJson({ sealed, context });
      const known = running.get(name);
      if (known) return known;
      const opening = escrow.open(sealed, context).finally(() => running.delete(name));
      running.set(name, opening);
      return opening;
    },
  };
}
