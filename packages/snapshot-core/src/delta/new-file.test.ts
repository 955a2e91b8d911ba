import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runAsNobody } from '../../test/support/run-as-nobody.ts';
import { scratchDirectory } from '../../test/support/scratch.ts';

const onWindows = process.platform === 'win32';

test.skipIf(onWindows)(`a name that cannot be made durable is taken back, as the error says${onWindows ? ' (skipped: folders have no modes)' : ''}`, async () => {
  const scratch = scratchDirectory();
  const folder = join(scratch, 'folder');
  mkdirSync(folder);
  // Files can be made in it, but it cannot be opened to make it durable.
  chmodSync(scratch, 0o755);
  chmodSync(folder, 0o333);
  const output = await runAsNobody(`
    const { createNewFile } = await import(process.env.MODULE);
    const file = await createNewFile(process.env.TARGET);
    await file.write(Buffer.from('whole'));
    console.log(await file.publish().catch(({ code, message }) => code + ' ' + message));
  `, { MODULE: import.meta.resolve('./new-file.ts'), TARGET: join(folder, 'file') });
  expect(output).toMatch(/^target\/write-failed .*nothing was left of it/);
  chmodSync(folder, 0o700);
  expect(readdirSync(folder)).toEqual([]);
});
