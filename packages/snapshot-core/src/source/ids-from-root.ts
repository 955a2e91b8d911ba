import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { factsFromStats, fileIdKey } from './file-facts.ts';

/**
 * File ids of a directory and all its parents, outermost first. Of one that does not exist yet: of those above it that do.
 *
 * @throws system errors when one of them cannot be looked at
 */
export function idsFromRoot(path: string): string[] {
  let at = resolve(path);
  while (!existsSync(at) && at !== dirname(at)) at = dirname(at);
  const ids: string[] = [];
  for (at = realpathSync(at); ; at = dirname(at)) {
    ids.unshift(fileIdKey(factsFromStats(statSync(at, { bigint: true }))));
    if (at === dirname(at)) return ids;
  }
}
