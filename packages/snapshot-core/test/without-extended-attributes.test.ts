import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { collect } from './collect.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { createMemoryStorage, createRepository, listSnapshot, restoreSnapshot, takeSnapshot } from '../src/index.ts';
import { attributeChanges } from '../src/snapshot/attribute-changes.ts';
import { openDirectory } from '../src/source/directory-handle.ts';
import { noExtendedAttributes } from '../src/source/extended-attributes.ts';

vi.mock('@napi-rs/xattr', () => {
  throw new TypeError('not installed');
});

test.skipIf(process.platform === 'win32')('without the optional package everything else is kept, and one line of the report says what is not', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  writeFileSync(join(volume, 'file'), 'content');
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const { record, report } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  expect(report.issues).toMatchObject([{ displayPath: '', reason: 'attributes-unread', message: expect.stringContaining('@napi-rs/xattr') }]);
  expect(record.incomplete).toBe(false);
  for await (const item of listSnapshot(repository, record.id)) expect(item.step === 'entry' && 'attributes' in item.entry).toBe(false);
  expect(await restoreSnapshot(repository, record.id, join(scratch, 'target'))).toMatchObject({ complete: true, issues: [] });

  const handle = openDirectory(volume);
  const list = [{ name: Buffer.from('user.a'), value: Buffer.from('1') }];
  const entry = { type: 'file', attributes: { complete: true, list } } as unknown as Parameters<typeof attributeChanges>[3];
  expect(attributeChanges(noExtendedAttributes, handle, Buffer.from('file'), entry)).toMatchObject([{ change: 'set' }]);
  handle.close();
});

test.skipIf(process.platform !== 'linux')('once it is installed, files that did not change get what was not known of them, unread', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'file'), 'content');
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const clock = { nowMs: () => Date.now() + 3_600_000 };
  const first = await takeSnapshot(repository, { kind: 'directory', path: volume }, { clock });
  vi.doUnmock('@napi-rs/xattr');
  vi.resetModules();
  const second = await takeSnapshot(repository, { kind: 'directory', path: volume }, { clock, parent: first.record.id });
  expect(second.report).toMatchObject({ bytesRead: 0, files: { unmodified: 1 }, issues: [] });
  const items = await collect(listSnapshot(repository, second.record.id));
  expect(items.map(({ step, ...item }) => step === 'damaged' || 'entry' in item && 'attributes' in item.entry && item.entry.attributes.complete)).toEqual([true, true, true]);
});
