import { z } from 'zod';

/**
 * A shape that only names members which `Entity`, Microsoft's type, has, and that takes every value Microsoft says they may have. Anything else does
 * not compile: the name of the member is then expected to be `never`.
 */
type ShapeOf<Shape extends Record<string, z.ZodType>, Entity> = {
  readonly [Member in keyof Shape]: Member extends keyof Entity ? (ValueOf<Entity, Member> extends z.input<Shape[Member]> ? Shape[Member] : never) : never;
};

/** Microsoft's types leave everything open; an object that Graph shows has an id all the same. */
type ValueOf<Entity, Member extends keyof Entity> = Member extends 'id' ? NonNullable<Entity[Member]> : Entity[Member];

/**
 * A reply of Graph as far as we read it. Members that Graph adds or leaves out are no error, so a schema's members are `nullish`, apart from `id`.
 *
 * @example const cloudPcSchema = graphEntity<CloudPC>()({ id: z.string(), displayName: text });
 * @typeParam Entity from `@microsoft/microsoft-graph-types` or `-beta`; only the compiler sees it
 */
export function graphEntity<Entity>(): <const Shape extends Record<string, z.ZodType>>(shape: Shape & ShapeOf<Shape, Entity>) => z.ZodObject<Shape> {
  return (shape) => z.object(shape);
}

/** The members of a schema as `$select` takes them, so that Graph sends what is read and no more. */
export function selectOf(schema: z.ZodObject): string {
  return Object.keys(schema.shape).join(',');
}

/** A text that may be missing. */
export const text = z.string().nullish();
/** A number that may be missing. */
export const count = z.number().nullish();
/** A yes or no that may be missing. */
export const flag = z.boolean().nullish();

/** A time as ISO text with `Z`. Nothing where Graph sends nothing, its word for "never" (year 1) or no time at all. */
export const instant = z.string().nullish().transform((raw) => {
  const ms = raw ? Date.parse(raw) : Number.NaN;
  return Number.isNaN(ms) || ms < 0 ? undefined : new Date(ms).toISOString();
});
