import { RecoveryError } from '@winre-kit/sdk';
import type { GraphCloud } from './graph-clouds.table.ts';
import type { GraphAddress } from './graph-request.ts';

/** The full address, as text, so that it can be repeated exactly. */
export function graphUrl({ graphOrigin }: Pick<GraphCloud, 'graphOrigin'>, { version, path, query }: Pick<GraphAddress, 'version' | 'path' | 'query'>): string {
  return `${graphOrigin}/${version}${relativeUrl({ path, ...(query ? { query } : {}) })}`;
}

/** The address below the version, as the parts of a batch name it. */
export function relativeUrl({ path, query }: Pick<GraphAddress, 'path' | 'query'>): string {
  const pairs = Object.entries(query ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

/**
 * A link to the next page, when it stays where the token belongs: same host, same version.
 * @throws {RecoveryError} `internal` for any other; nothing was sent there
 */
export function requireNextLink({ graphOrigin }: Pick<GraphCloud, 'graphOrigin'>, { version, doing }: Pick<GraphAddress, 'version' | 'doing'>, link: string): string {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  const stays = url?.origin === new URL(graphOrigin).origin && url.username === '' && url.password === '' && url.pathname.startsWith(`/${version}/`);
  if (stays) return url.href;
  throw new RecoveryError('internal', `${doing}: the next page is said to be at ${url ? `${url.origin}${url.pathname}` : 'no address'}, which is not below ${graphOrigin}/${version}`, { facts: { outcome: 'not-sent' } });
}
