import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from '../format/byte-reader.ts';
import { ByteWriter } from '../format/byte-writer.ts';
import { sameBytes } from '../format/same-bytes.ts';
import { sealOf } from '../format/sealed-file.ts';
import type { HashName } from '../format/repository-config.ts';
import { deltaEndMagic, deltaHashes, deltaHeaderBytes, deltaLimits, deltaMagic, deltaTrailerBytes, deltaVersion } from './delta-format.ts';

/** What a delta file is about. */
export interface DeltaHeader {
  /** The hash of regions and records. */
  readonly hash: HashName;
  /** Size of the base, exact. */
  readonly baseBytes: number;
  /** Size of the result, exact. */
  readonly resultBytes: number;
}

/** One region of the result and the record that makes it. Regions and records follow each other without gaps. */
export interface DeltaRegion {
  readonly resultBytes: number;
  readonly recordBytes: number;
  /** Hash of the record as it is stored. */
  readonly recordDigest: Uint8Array;
  /** Digest of the region's bytes; see `RegionRecord.pieceBytes`. */
  readonly resultDigest: Uint8Array;
}

/** Everything in a delta file but the records. */
export interface DeltaDirectory {
  readonly header: DeltaHeader;
  readonly regions: readonly DeltaRegion[];
}

const digestBytes = 32;
const regionEntryBytes = 8 + 2 * digestBytes;
const countBytes = 4;
const trailerReservedBytes = deltaTrailerBytes - 8 - digestBytes - deltaEndMagic.length;

/** Encodes the header. */
export function encodeDeltaHeader(header: DeltaHeader): Uint8Array {
  const head = new ByteWriter().bytes(Buffer.from(deltaMagic)).u16(deltaVersion).u8(deltaHashes.indexOf(header.hash)).bytes(new Uint8Array(5));
  head.u64(header.baseBytes).u64(header.resultBytes);
  return head.bytes(new Uint8Array(deltaHeaderBytes - 32)).finish();
}

/** Encodes what follows the records: the directory and the trailer, sealed together with the header. */
export function encodeDeltaDirectory({ header, regions }: DeltaDirectory): Uint8Array {
  const directory = new ByteWriter().u32(regions.length);
  for (const { resultBytes, recordBytes, recordDigest, resultDigest } of regions) directory.u32(resultBytes).u32(recordBytes).bytes(recordDigest).bytes(resultDigest);
  const body = directory.u64(countBytes + regionEntryBytes * regions.length).bytes(new Uint8Array(trailerReservedBytes)).finish();
  const seal = sealOf(Buffer.concat([encodeDeltaHeader(header), body]));
  return new Uint8Array(Buffer.concat([body, seal, Buffer.from(deltaEndMagic)]));
}

/**
 * Reads header, directory and trailer of a delta file, and believes nothing before the seal is checked.
 *
 * @param read gives exactly `lengthBytes` from `offset`
 * @throws {SnapshotError} `format/damaged` (also for a file that is no delta), `format/unsupported` for a newer version
 */
export function readDeltaDirectory(read: (offset: number, lengthBytes: number) => Uint8Array, fileBytes: number, what: string): DeltaDirectory {
  const damaged = (reason: string): SnapshotError => new SnapshotError('format/damaged', `${what} is damaged or no delta: ${reason}`);
  if (fileBytes < deltaHeaderBytes + countBytes + deltaTrailerBytes) throw damaged(`it has only ${fileBytes} bytes`);
  const trailer = read(fileBytes - deltaTrailerBytes, deltaTrailerBytes);
  if (!sameBytes(trailer.subarray(deltaTrailerBytes - deltaEndMagic.length), Buffer.from(deltaEndMagic))) throw damaged('it does not end like one');
  const directoryBytes = new ByteReader(trailer, what).u64();
  const directoryOffset = fileBytes - deltaTrailerBytes - directoryBytes;
  if (directoryOffset < deltaHeaderBytes || directoryBytes % regionEntryBytes !== countBytes) throw damaged('its directory has an impossible length');
  const head = read(0, deltaHeaderBytes);
  const rest = read(directoryOffset, directoryBytes + deltaTrailerBytes - digestBytes - deltaEndMagic.length);
  const seal = trailer.subarray(deltaTrailerBytes - deltaEndMagic.length - digestBytes, deltaTrailerBytes - deltaEndMagic.length);
  if (!sameBytes(sealOf(Buffer.concat([head, rest])), seal)) throw damaged('its seal does not match its bytes');
  const header = decodeHeader(new ByteReader(head, what), what);
  const regions = decodeRegions(new ByteReader(rest.subarray(0, directoryBytes), what), header, directoryOffset - deltaHeaderBytes);
  new ByteReader(rest.subarray(directoryBytes + 8), what).zeros(trailerReservedBytes);
  return { header, regions };
}

function decodeHeader(reader: ByteReader, what: string): DeltaHeader {
  if (!sameBytes(reader.bytes(deltaMagic.length), Buffer.from(deltaMagic))) throw reader.damaged('it does not begin like a delta');
  const version = reader.u16();
  const hash = deltaHashes[reader.u8()];
  if (version !== deltaVersion || hash === undefined)
    throw new SnapshotError('format/unsupported', `${what} is a delta of version ${version}, this release knows version ${deltaVersion}. Use a release that knows it`);
  reader.zeros(5);
  const header = { hash, baseBytes: reader.u64(), resultBytes: reader.u64() };
  reader.zeros(reader.remaining);
  return header;
}

function decodeRegions(reader: ByteReader, header: DeltaHeader, recordsBytes: number): DeltaRegion[] {
  const count = reader.u32();
  if (count * regionEntryBytes !== reader.remaining) throw reader.damaged('its directory counts wrong');
  const regions = Array.from({ length: count }, () => ({ resultBytes: reader.u32(), recordBytes: reader.u32(), recordDigest: reader.bytes(digestBytes), resultDigest: reader.bytes(digestBytes) }));
  if (regions.some(({ resultBytes, recordBytes }) => resultBytes === 0 || resultBytes > deltaLimits.regionBytes || recordBytes > deltaLimits.recordBytes))
    throw reader.damaged('a region breaks the rules of regions');
  const add = (total: number, bytes: number): number => total + bytes;
  if (regions.map((region) => region.resultBytes).reduce(add, 0) !== header.resultBytes) throw reader.damaged('its regions do not make the result');
  if (regions.map((region) => region.recordBytes).reduce(add, 0) !== recordsBytes) throw reader.damaged('its records do not fill it');
  return regions;
}
