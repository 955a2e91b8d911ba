import { createReadStream } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { RecoveryError } from '@winre-kit/sdk';
import { canaryForms, type CanaryForm } from './canary-forms.ts';
import { createSeededRandomBytes } from './seeded-random.ts';

/** Where a secret was found. Never holds the secret itself. */
export interface CanaryLeak {
  readonly name: string;
  readonly form: CanaryForm;
  readonly where: string;
}

/** `token`: fits into a header. `passphrase`: 8 to 63 characters that JSON, URLs and XML have to escape. `recovery-key`: 48 digits as BitLocker writes them. */
export type CanaryKind = 'token' | 'passphrase' | 'recovery-key';

/** Secrets that are found again wherever they leak to. */
export interface CanarySecrets {
  /** The value for a name; the same each time. */
  secret(name: string, kind?: CanaryKind): string;
  /** Watches for a value that was made elsewhere. It should be 8 characters or longer. */
  plant(name: string, value: string): void;
  /** Looks into a text, bytes, or a value with everything it holds: as shown by `inspect`, as JSON, and through its members and causes. */
  findLeaks(subject: unknown, where?: string): CanaryLeak[];
  /** Looks into the names and bytes of every file below a folder. Files that vanish meanwhile are passed over. */
  scanFolder(folder: string): Promise<CanaryLeak[]>;
  /** Looks into command lines and environments. Processes that are gone are passed over. @throws {RecoveryError} `unsupported` where there is no /proc */
  scanProcesses(pids: Iterable<number>): Promise<CanaryLeak[]>;
}

/** Makes secrets that cannot be anything else, and finds them again in whatever form. */
export function createCanarySecrets(seed = 'canary'): CanarySecrets {
  const randomBytes = createSeededRandomBytes(seed);
  const values = new Map<string, string>();
  const needles = new Map<string, { readonly name: string; readonly form: CanaryForm; readonly bytes: Buffer }>();

  const plant = (name: string, value: string): void => {
    values.set(name, value);
    for (const [text, form] of canaryForms(value)) needles.set(text, { name, form, bytes: Buffer.from(text, 'latin1') });
  };
  const searchBytes = (bytes: Buffer, where: string): CanaryLeak[] => [...needles.values()].filter((needle) => bytes.includes(needle.bytes)).map(({ name, form }) => ({ name, form, where }));

  return {
    secret(name, kind = 'token') {
      const known = values.get(name);
      if (known !== undefined) return known;
      const value = makeValue(name, kind, randomBytes);
      plant(name, value);
      return value;
    },
    plant,
    findLeaks: (subject, where = 'value') => unique(textsOf(subject).flatMap((bytes) => searchBytes(bytes, where))),
    async scanFolder(folder) {
      const longest = Math.max(0, ...[...needles.values()].map(({ bytes }) => bytes.length));
      const leaks: CanaryLeak[] = [];
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        leaks.push(...searchBytes(Buffer.from(entry.name), path));
        if (!entry.isFile()) continue;
        let overlap = Buffer.alloc(0);
        try {
          for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>) {
            const window = Buffer.concat([overlap, chunk]);
            leaks.push(...searchBytes(window, path));
            overlap = window.subarray(Math.max(0, window.length - longest + 1));
          }
        } catch (error) {
          // A temporary file of a program that still runs may be gone by now.
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
      }
      return unique(leaks);
    },
    async scanProcesses(pids) {
      await access('/proc/self/cmdline').catch((cause: unknown) => {
        throw new RecoveryError('unsupported', 'there is no /proc here: processes cannot be looked into', { cause });
      });
      const leaks: CanaryLeak[] = [];
      for (const pid of pids) {
        for (const file of ['cmdline', 'environ']) {
          const path = `/proc/${pid}/${file}`;
          const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
            if (error.code === 'ENOENT' || error.code === 'ESRCH') return Buffer.alloc(0);
            throw new RecoveryError('unsupported', `${path} cannot be read: ${error.code ?? 'unknown error'}`, { cause: error });
          });
          leaks.push(...searchBytes(bytes, path));
        }
      }
      return unique(leaks);
    },
  };
}

function makeValue(name: string, kind: CanaryKind, randomBytes: (length: number) => Uint8Array): string {
  const hex = Buffer.from(randomBytes(12)).toString('hex');
  if (kind === 'token') return `canary.${name.replaceAll(/[^\w-]/g, '-')}.${hex}`;
  if (kind === 'passphrase') return `canary "${hex}"/+&<\\>`;
  // Each group of a BitLocker recovery key is a 16-bit number times 11.
  const groups = new Uint16Array(randomBytes(16).slice().buffer);
  return Array.from(groups, (group) => String(group * 11).padStart(6, '0')).join('-');
}

function unique(leaks: readonly CanaryLeak[]): CanaryLeak[] {
  return [...new Map(leaks.map((leak) => [`${leak.name}\n${leak.form}\n${leak.where}`, leak])).values()];
}

/** Everything in a value that can be read, as bytes. */
function textsOf(subject: unknown): Buffer[] {
  const found: Buffer[] = [];
  const seen = new Set<unknown>();
  const pending: unknown[] = [subject];
  for (const value of pending) {
    if (typeof value === 'string') found.push(Buffer.from(value, 'utf8'));
    if (typeof value !== 'object' && typeof value !== 'function') continue;
    if (value === null || seen.has(value)) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value)) found.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    else if (value instanceof ArrayBuffer) found.push(Buffer.from(value));
    else {
      if (value instanceof Map) pending.push(...value.keys(), ...(value as Map<unknown, unknown>).values());
      if (value instanceof Set) pending.push(...(value as Set<unknown>));
      if (value instanceof Headers || value instanceof URLSearchParams) pending.push(...[...value].flat());
      for (const name of Reflect.ownKeys(value)) {
        const descriptor = Reflect.getOwnPropertyDescriptor(value, name);
        pending.push(typeof name === 'string' ? name : name.description, descriptor?.value as unknown);
      }
    }
  }
  if (typeof subject === 'object' && subject !== null) {
    found.push(Buffer.from(inspect(subject, { depth: Infinity, maxArrayLength: null, maxStringLength: null, breakLength: Infinity })), jsonOf(subject));
  }
  return found;
}

function jsonOf(subject: object): Buffer {
  try {
    return Buffer.from(JSON.stringify(subject) ?? '');
  } catch {
    // Circular or holding a bigint: its members were looked at one by one.
    return Buffer.alloc(0);
  }
}
