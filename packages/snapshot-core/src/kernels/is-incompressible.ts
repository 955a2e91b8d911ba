/**
 * Guesses whether compressing these bytes would be a waste of time. Pure; the reference of the kernel.
 *
 * Two signs speak against it: byte values that are not as even as chance would have them, or far too even; and stretches
 * that occur twice. Encrypted, random and compressed bytes show neither. Integers only, so that SIMD code gives the
 * very same answer.
 */
export function isIncompressible(bytes: Uint8Array): boolean {
  return isEven(bytes) && !hasRepeats(bytes);
}

const stripeBytes = 64;

/**
 * The chi-squared test of the byte values, on a sixteenth of the bytes and no fewer than about 2 KiB, in stripes.
 *
 * For random bytes the result is 255, give or take 23. With a sample of n bytes n/32 more means that about 0.3 % could be
 * saved by better codes for the bytes; samples below 4 KiB are granted more than that, or chance would decide.
 */
function isEven(bytes: Uint8Array): boolean {
  const stripes = Math.max(32, Math.floor(bytes.length / 1_024));
  // The 16 lets the stripes wander through structures whose size is a power of two.
  const stride = Math.max(stripeBytes, Math.floor(bytes.length / stripes)) | 16;
  const times = new Uint32Array(256);
  let sampledBytes = 0;
  for (let start = 0; start < bytes.length; start += stride) {
    const stripe = bytes.subarray(start, start + stripeBytes);
    for (const byte of stripe) times[byte] = (times[byte] as number) + 1;
    sampledBytes += stripe.length;
  }
  const squares = times.reduce((sum, count) => sum + count * count, 0);
  // Chi-squared multiplied by the size of the sample.
  const unevenness = 256 * squares - sampledBytes * sampledBytes;
  const tolerated = Math.max(128, Math.floor(sampledBytes / 32));
  return unevenness < sampledBytes * (255 + tolerated) && unevenness > sampledBytes * (255 - 128);
}

/** Two neighbours that differ in these bits mark a place: 1 in 256 of random bytes, and the same ones in a copy. */
const mark = 0x9d;
const seenBytes = 8;
const placesPerTurn = 64;
/** Only the first half of every 4 KiB is looked at: what is copied is mostly blocks. */
const turnsPerBlock = 64;
const turnsLookedAt = 32;

/** Whether the 8 bytes behind marked places were seen before so often that about 1 byte in 32 seems to be a copy. */
function hasRepeats(bytes: Uint8Array): boolean {
  const limit = 1 + Math.floor(bytes.length / 16_384);
  // One slot for each value of the top ten bits; the latest one stays.
  const seen = new Uint32Array(1_024);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const turns = Math.max(0, Math.floor((bytes.length - 1 - seenBytes) / placesPerTurn));
  let repeats = 0;
  for (let turn = 0; turn < turns; turn++) {
    if (turn % turnsPerBlock >= turnsLookedAt) continue;
    for (let place = 1 + turn * placesPerTurn; place < 1 + (turn + 1) * placesPerTurn; place++) {
      if (((bytes[place] as number) ^ (bytes[place - 1] as number)) !== mark) continue;
      const what = Math.imul(view.getUint32(place + 1, true) ^ Math.imul(view.getUint32(place + 5, true), 0x9e3779b1), 0x85ebca6b) >>> 0;
      if (seen[what >>> 22] === what) repeats++;
      else seen[what >>> 22] = what;
      if (repeats >= limit) return true;
    }
  }
  return false;
}
