import { SnapshotError, type Credential } from '../../index.ts';
import { askHidden, type AskContext } from '../ask-people.ts';
import { readKeyFile, readPasswordFile } from './read-secret-file.ts';

/** Where a secret comes from that is not asked for. */
export interface SecretFlags {
  readonly passwordFile?: string;
  readonly keyFile?: string;
}

/** What opens the repository, read or asked for at most once in a run. */
export interface CredentialSource {
  /** The password or key that options or environment name; `undefined` when none is. @throws {SnapshotError} `argument/invalid` */
  given(): Promise<Credential | undefined>;
  /** Asks for the password, where there is a terminal; `undefined` where there is none. */
  asked(location: string): Promise<Credential | undefined>;
  /** Asks for a new password, twice. @throws {SnapshotError} `repository/key-required` where nobody can be asked, `argument/invalid` when the two differ */
  askedTwice(): Promise<Credential>;
}

/** Creates the source of one run. Options go before the environment. */
export function createCredentialSource(context: AskContext, flags: SecretFlags): CredentialSource {
  const { env, stdin } = context.surroundings;
  let given: Promise<Credential | undefined> | undefined;
  let asked: Promise<Credential | undefined> | undefined;
  return {
    given: () => (given ??= readGiven(flags, env)),
    asked: (location) => (asked ??= stdin.isTTY === true ? askPassword(context, `Password of ${location}: `) : Promise.resolve(undefined)),
    askedTwice: async () => {
      if (stdin.isTTY !== true) throw new SnapshotError('repository/key-required', 'no password is given, and nobody can be asked here; give --password-file or --key-file, or set WINRE_SNAPSHOT_PASSWORD');
      const first = await askPassword(context, 'New password: ');
      const second = await askPassword(context, 'The same again: ');
      if (first?.passphrase === undefined || first.passphrase !== second?.passphrase) throw new SnapshotError('argument/invalid', 'the two passwords differ; nothing was changed');
      return first;
    },
  };
}

async function askPassword(context: AskContext, question: string): Promise<Credential | undefined> {
  const passphrase = await askHidden(context, question);
  return passphrase === undefined ? undefined : { passphrase };
}

async function readGiven({ passwordFile, keyFile }: SecretFlags, env: AskContext['surroundings']['env']): Promise<Credential | undefined> {
  if (passwordFile !== undefined && keyFile !== undefined) throw new SnapshotError('argument/invalid', 'give --password-file or --key-file, not both');
  if (passwordFile !== undefined) return readPasswordFile(passwordFile);
  if (keyFile !== undefined) return readKeyFile(keyFile);
  const { WINRE_SNAPSHOT_PASSWORD: password, WINRE_SNAPSHOT_PASSWORD_FILE: passwordFileOfEnv } = env;
  if (password !== undefined && passwordFileOfEnv !== undefined) throw new SnapshotError('argument/invalid', 'WINRE_SNAPSHOT_PASSWORD and WINRE_SNAPSHOT_PASSWORD_FILE are both set; unset one');
  if (password !== undefined) return { passphrase: password };
  return passwordFileOfEnv === undefined ? undefined : readPasswordFile(passwordFileOfEnv);
}
