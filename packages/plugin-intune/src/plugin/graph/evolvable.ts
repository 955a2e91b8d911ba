import { z } from 'zod';

/** A word of an enum that Microsoft may extend any day. */
export interface EvolvableWord<Known extends string> {
  /** `unknown` for every word that this version does not know, and where Graph itself says so. */
  readonly value: Known | 'unknown';
  /** What Graph said. */
  readonly raw: string;
}

type EvolvableSchema<Known extends string> = z.ZodPipe<z.ZodString, z.ZodTransform<EvolvableWord<Known>, string>>;

/** Reads a word. A new one is no error: it is `unknown`, and whoever decides by it must treat it as such. */
export function evolvable<const Known extends string>(words: readonly Known[]): EvolvableSchema<Known> {
  return z.string().transform((raw) => wordOf(words, raw));
}

/** Reads a set of words that stand in one text, separated by commas, as Graph writes flags. */
export function evolvableFlags<const Known extends string>(words: readonly Known[]): z.ZodPipe<z.ZodString, z.ZodTransform<EvolvableWord<Known>[], string>> {
  return z.string().transform((raw) => raw.split(',').map((word) => word.trim()).filter((word) => word !== '').map((word) => wordOf(words, word)));
}

function wordOf<Known extends string>(words: readonly Known[], raw: string): EvolvableWord<Known> {
  return { value: words.find((word) => word === raw) ?? 'unknown', raw };
}
