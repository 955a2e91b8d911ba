/**
 * What a server makes of `If-None-Match: *`. `atomic`: of several puts at once exactly one succeeds. `racy`: an object that is there
 * is not replaced, but puts at the same moment may all succeed. `none`: the header is ignored or refused.
 */
export type CreateGuard = 'atomic' | 'racy' | 'none';

/** What the probe does to the storage. */
export interface ProbePort {
  /** Puts an object unless it is there; `refused` when the server does not know the header. */
  readonly putUnlessThere: () => Promise<'created' | 'exists' | 'refused'>;
  readonly remove: () => Promise<void>;
}

/** Enough to meet in a server that looks first and stores later. */
const putsAtOnce = 6;

/** Finds it out by trying: several puts of one new name at once, then one more. A server cannot be told apart by what it says of itself. */
export async function probeExclusiveCreate({ putUnlessThere, remove }: ProbePort): Promise<CreateGuard> {
  try {
    const atOnce = await Promise.all(Array.from({ length: putsAtOnce }, putUnlessThere));
    if (atOnce.includes('refused') || (await putUnlessThere()) !== 'exists') return 'none';
    return atOnce.filter((result) => result === 'created').length === 1 ? 'atomic' : 'racy';
  } finally {
    await remove();
  }
}
