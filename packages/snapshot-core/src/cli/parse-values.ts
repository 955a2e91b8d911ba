import { InvalidArgumentError } from 'commander';

const unitBytes: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Reads a size such as `500M`, `1.5GiB` or `4096` as bytes. Units are powers of 1024. */
export function parseBytes(text: string): number {
  const { amount = '', unit = '' } = /^(?<amount>\d+(?:\.\d+)?)\s*(?<unit>[kmgt]?)(?:i?b)?$/i.exec(text.trim())?.groups ?? {};
  const bytes = Math.floor(Number(amount) * (unitBytes[unit.toLowerCase()] ?? Number.NaN));
  if (amount === '' || !Number.isSafeInteger(bytes)) throw new InvalidArgumentError('Give a size such as 500M, 1.5GiB or 4096.');
  return bytes;
}

/** Reads seconds, also with a fraction, as milliseconds. */
export function parseSeconds(text: string): number {
  return parseAmount(text, 1_000, 'Give a number of seconds, 0 or more.');
}

/** Reads hours, also with a fraction, as milliseconds. */
export function parseHours(text: string): number {
  return parseAmount(text, 3_600_000, 'Give a number of hours, 0 or more.');
}

/** Reads a whole number of at least `least`. */
export function parseCount(least: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < least) throw new InvalidArgumentError(`Give a whole number, ${least} or more.`);
    return count;
  };
}

/** Gathers an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function parseAmount(text: string, factor: number, expected: string): number {
  const amount = Number(text) * factor;
  if (!/^\d+(?:\.\d+)?$/.test(text) || !Number.isSafeInteger(Math.ceil(amount))) throw new InvalidArgumentError(expected);
  return Math.floor(amount);
}
