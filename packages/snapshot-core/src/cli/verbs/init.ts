import { Option, type Command } from 'commander';
import { SnapshotError, createRepository, type ChunkProfileName, type CompressionName, type HashName } from '../../index.ts';
import { examples } from '../examples.ts';
import { repositoryOptions } from '../repository/chosen-repository.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';
import type { ExitName } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';

interface InitFlags {
  readonly profile: ChunkProfileName;
  readonly hash: 'sha256' | 'blake3';
  readonly compression: CompressionName;
  readonly encrypt?: boolean;
}

const hashNames: Readonly<Record<InitFlags['hash'], HashName>> = { sha256: 'sha-256', blake3: 'blake3' };

/** `init`: creates a repository. */
export const defineInit: DefineVerb = (program, run) => {
  program
    .command('init')
    .summary('create a repository')
    .description('Creates an empty repository. What is chosen here holds for its whole life.')
    .addOption(new Option('--profile <name>', 'size of chunks: small (8 KiB, many small files), volume (64 KiB), large (256 KiB, volumes above 1 TiB)').choices(['small', 'volume', 'large']).default('volume'))
    .addOption(new Option('--hash <name>', 'identity of chunks; sha256 is faster on machines that have no add-on for blake3').choices(['blake3', 'sha256']).default('blake3'))
    .addOption(new Option('--compression <name>', 'of everything that is stored').choices(['none', 'zstd']).default('zstd'))
    .option('--encrypt', 'encrypt everything but sizes and times (AES-256-GCM), with a password or a raw key. Lost with it: everything')
    .addHelpText('after', examples('init --repo /backup/restore-points', 'init --repo /backup/restore-points --profile small --compression zstd', 'init --repo /backup/restore-points --encrypt', 'init --repo s3:https://host.example/bucket/laptops'))
    .action((flags: InitFlags, command: Command) => run(command, (context) => init(context, flags)));
};

async function init(context: VerbContext, { profile, hash, compression, encrypt = false }: InitFlags): Promise<ExitName> {
  const given = await context.credentials.given();
  if (given !== undefined && !encrypt) throw new SnapshotError('argument/invalid', 'a password or key is given; add --encrypt to encrypt the repository with it, or leave it out');
  const encryption = encrypt ? (given ?? (await context.credentials.askedTwice())) : undefined;
  const { id, config, description } = await createRepository({ ...(await repositoryOptions(context)), profile, hash: hashNames[hash], compression, ...(encryption !== undefined && { encryption }) });
  context.output.note(
    { type: 'summary', verb: 'init', repositoryId: id, location: description, hash: config.hash, profile: config.profile, compression: config.compression, encryption: config.encryption },
    () => `created ${config.encryption === 'none' ? '' : 'encrypted '}repository ${id.slice(0, 8)} in ${printable(description)}`,
  );
  return 'done';
}
