import { RecoveryError } from '@winre-kit/sdk';

/**
 * A path below the version, each value encoded as one segment.
 *
 * @example graphPath`/deviceManagement/managedDevices/${id}/wipe`
 * @throws {RecoveryError} `invalid-argument` for a value that is no segment of its own: empty, `.` or `..`. With `..` for an id, the path above would name another object.
 */
export function graphPath(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return texts.reduce((path, text, index) => `${path}${segmentOf(values[index - 1] ?? '')}${text}`);
}

function segmentOf(value: string): string {
  if (value === '' || /^\.{1,2}$/.test(value)) throw new RecoveryError('invalid-argument', `expected the id of an object in Graph, got ${JSON.stringify(value)}`);
  return encodeURIComponent(value);
}

/** A text in an OData expression such as `$filter`, quoted. Encoding for the address comes later. */
export function odataText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
