/** Bits of a Windows file's attributes that say that reading it would do more than read. */
const attributeBits = { encrypted: 0x4000, offline: 0x1000, recallOnOpen: 0x4_0000, recallOnDataAccess: 0x40_0000 } as const;

/**
 * Why a file on Windows is not read, by its attributes; `undefined` when it can be. Pure.
 *
 * `offline`: a placeholder of a cloud service or an archive, which reading would fetch: over a network, onto a disk without room for it.
 * `encrypted`: by EFS; what could be read is for this user alone, and restored elsewhere it would lie there in the clear. An
 * encrypted placeholder is `offline`: nothing of it is here.
 */
export function classifyWindowsAttributes(attributes: number): 'offline' | 'encrypted' | undefined {
  if ((attributes & (attributeBits.offline | attributeBits.recallOnOpen | attributeBits.recallOnDataAccess)) !== 0) return 'offline';
  return (attributes & attributeBits.encrypted) === 0 ? undefined : 'encrypted';
}
