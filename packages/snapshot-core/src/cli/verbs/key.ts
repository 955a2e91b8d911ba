import type { Command } from 'commander';
import { SnapshotError, type KeyDescription, type Repository } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { addNewCredentialFlags, newCredential, type NewCredentialFlags } from '../keys/new-credential.ts';
import { readKeyFile, readPasswordFile } from '../keys/read-secret-file.ts';
import { formatTable } from '../output/format-table.ts';
import { formatTime } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { collect } from '../parse-values.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import type { DefineVerb, RunVerb, VerbContext } from '../verb.ts';

interface AddFlags extends NewCredentialFlags {
  readonly label?: string;
}

interface RotateFlags {
  readonly otherPasswordFile?: readonly string[];
  readonly otherKeyFile?: readonly string[];
}

/** `key`: the passwords and keys that open an encrypted repository. */
export const defineKey: DefineVerb = (program, run) => {
  const key = program.command('key').summary('passwords and keys of an encrypted repository').description('Lists, adds, removes and changes the passwords and raw keys that open an encrypted repository.');
  key.command('list').summary('list them').description('Lists the passwords and keys that open the repository.')
    .action((_flags: unknown, command: Command) => run(command, listKeys));
  addNewCredentialFlags(key.command('add').summary('add one').description('Lets one more password or raw key open the repository. Encrypts nothing anew.'))
    .option('--label <text>', 'for people; stored in plain')
    .addHelpText('after', examples('key add --label "Bob\'s laptop"', 'key add --new-key-file /secrets/machine.key --label machine'))
    .action((flags: AddFlags, command: Command) => run(command, (context) => addKey(context, flags)));
  key.command('remove').summary('remove one').description('Removes a password or key. Whoever kept a copy of the repository from before can still open that copy; rotate afterwards, so that new data stays closed to it.')
    .argument('<id>', 'id of the key as `key list` shows it, or its beginning')
    .action((id: string, _flags: unknown, command: Command) => run(command, (context) => removeKey(context, id)));
  addNewCredentialFlags(key.command('passphrase').summary('change the password').description('Replaces the password or key that opened the repository by another. Does not protect against somebody who kept a copy of the repository and knows the old one.'))
    .action((flags: NewCredentialFlags, command: Command) => run(command, (context) => changePassphrase(context, flags)));
  defineRotate(key, run);
};

function defineRotate(key: Command, run: RunVerb): void {
  key.command('rotate').summary('encrypt new data with a new key').description('Encrypts what is stored from now on with a new data key; what is there stays readable as it is. Needs every password and key of the repository, because each wraps the new one, too. Cut short, it is run again.')
    .option('--other-password-file <file>', 'another password of the repository; may be repeated', collect)
    .option('--other-key-file <file>', 'another raw key of it; may be repeated', collect)
    .addHelpText('after', examples('key rotate', 'key rotate --other-key-file /secrets/machine.key'))
    .action((flags: RotateFlags, command: Command) => run(command, (context) => rotate(context, flags)));
}

async function listKeys(context: VerbContext): Promise<ExitName> {
  const keys = await (await openChosenRepository(context)).listKeys({ signal: context.signal });
  for (const key of keys) context.output.emit({ type: 'key', ...keyMessage(key) });
  context.output.tell({ type: 'summary', verb: 'key list', count: keys.length }, () =>
    formatTable([{ title: 'ID' }, { title: 'Kind' }, { title: 'Added' }, { title: 'Label' }, { title: '' }], keys.map(({ id, kind, createdAtMs, label, isOwn, isOutdated }) => [id.slice(0, 8), kind, formatTime(createdAtMs), printable(label), isOwn ? '(in use now)' : isOutdated ? '(outdated)' : ''])));
  return 'done';
}

async function addKey(context: VerbContext, flags: AddFlags): Promise<ExitName> {
  const repository = await openChosenRepository(context);
  const added = await repository.addKey(await newCredential(context, flags), { ...callOf(context), ...(flags.label !== undefined && { label: flags.label }) });
  context.output.note({ type: 'summary', verb: 'key add', key: keyMessage(added) }, () => `added key ${added.id.slice(0, 8)}`);
  return 'done';
}

async function removeKey(context: VerbContext, name: string): Promise<ExitName> {
  const repository = await openChosenRepository(context);
  const id = await resolveKey(context, repository, name);
  await repository.removeKey(id, callOf(context));
  context.output.note({ type: 'summary', verb: 'key remove', keyId: id }, () => `removed key ${id.slice(0, 8)}; key rotate keeps new data from whoever kept a copy`);
  return 'done';
}

async function changePassphrase(context: VerbContext, flags: NewCredentialFlags): Promise<ExitName> {
  const repository = await openChosenRepository(context);
  const changed = await repository.changePassphrase(await newCredential(context, flags), callOf(context));
  context.output.note({ type: 'summary', verb: 'key passphrase', key: keyMessage(changed) }, () => `changed; the new key is ${changed.id.slice(0, 8)}`);
  return 'done';
}

async function rotate(context: VerbContext, { otherPasswordFile = [], otherKeyFile = [] }: RotateFlags): Promise<ExitName> {
  const others = await Promise.all([...otherPasswordFile.map(readPasswordFile), ...otherKeyFile.map(readKeyFile)]);
  await (await openChosenRepository(context)).rotateDataKey({ ...callOf(context), others });
  context.output.note({ type: 'summary', verb: 'key rotate' }, () => 'what is stored from now on is encrypted with a new data key');
  return 'done';
}

async function resolveKey({ signal }: VerbContext, repository: Repository, name: string): Promise<string> {
  const found = (await repository.listKeys({ signal })).filter(({ id }) => id.startsWith(name));
  const [key] = found;
  if (key === undefined || found.length > 1 || name.length < 4) throw new SnapshotError('argument/invalid', `${JSON.stringify(name)} names ${found.length === 1 ? 'a key by too few characters' : `${found.length} keys`}; give the id of one, as \`key list\` shows it, at least its first 4 characters`);
  return key.id;
}

function callOf(context: VerbContext) {
  return { signal: context.signal, ...leaseOf(context.flags) };
}

function keyMessage({ id, kind, label, createdAtMs, isOwn, isOutdated }: KeyDescription): Record<string, unknown> {
  return { id, kind, label, createdAt: new Date(createdAtMs).toISOString(), isOwn, isOutdated };
}
