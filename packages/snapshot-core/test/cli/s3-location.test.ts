import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeScratchFolder } from '../scratch-folder.ts';
import { runFauxqs } from '../s3/start-fauxqs.ts';
import { describeTree } from '../support/describe-tree.ts';
import { runCommand } from './start-command.ts';

test('a repository on S3 is named by its address, and used like one in a folder', async () => {
  const server = await runFauxqs();
  try {
    const folder = await makeScratchFolder();
    const tree = join(folder, 'tree');
    await mkdir(tree);
    await writeFile(join(tree, 'letter.txt'), 'Dear Ada\n');
    const env = { AWS_ACCESS_KEY_ID: server.credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey, WINRE_SNAPSHOT_REPOSITORY: `s3:${server.endpoint}/${server.bucket}/laptops/ada` };
    const run = (...programArguments: readonly string[]) => runCommand(programArguments, { env });
    expect(await run('snapshots')).toMatchObject({ status: 7 });
    expect(await run('init')).toMatchObject({ status: 0, stdout: expect.stringContaining('/bucket/laptops/ada') });
    expect(await run('backup', tree)).toMatchObject({ status: 0 });
    expect(await run('restore', 'latest', '--target', join(folder, 'out'))).toMatchObject({ status: 0 });
    expect(await describeTree(join(folder, 'out'))).toEqual(await describeTree(tree));
    expect(await run('check', '--read-data')).toMatchObject({ status: 0 });
    // This server cannot create exclusively, so prune takes somebody's word that nobody else is there.
    expect(await run('prune')).toMatchObject({ status: 1, stderr: expect.stringContaining('exclusive') });
    expect(await run('prune', '--exclusive')).toMatchObject({ status: 0 });
    expect(await run('--repo', 's3:host/bucket', 'snapshots')).toMatchObject({ status: 2, stderr: expect.stringContaining('s3:https://host/bucket/prefix') });
  } finally {
    await server.stop();
  }
});
