import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { deviceNumbers, findDevicesUnder, mountedAt, type SystemFiles } from './devices-under.ts';

/** A machine of our own: devices by name with their number and what else sysfs says of them. */
function machine(devices: Readonly<Record<string, { number: string; disk?: string; madeOf?: readonly string[]; image?: string }>>, mounts: (root: string) => readonly string[]): SystemFiles & { root: string } {
  const root = realpathSync(scratchDirectory());
  const sysfs = join(root, 'sys');
  const put = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${text}\n`);
  };
  const folderOf = (name: string): string => join(sysfs, 'devices', devices[name]?.disk ?? '', name);
  for (const [name, { number, disk, madeOf = [], image }] of Object.entries(devices)) {
    const folder = folderOf(name);
    put(join(folder, 'dev'), number);
    if (disk !== undefined) put(join(folder, 'partition'), '1');
    if (image !== undefined) put(join(folder, 'loop', 'backing_file'), join(root, image));
    for (const part of madeOf) {
      mkdirSync(join(folder, 'slaves'), { recursive: true });
      symlinkSync(folderOf(part), join(folder, 'slaves', part));
    }
    for (const [place, link] of [['dev/block', number], ['class/block', name]] as const) {
      mkdirSync(join(sysfs, place), { recursive: true });
      symlinkSync(folder, join(sysfs, place, link));
    }
  }
  put(join(root, 'mountinfo'), mounts(root).join('\n'));
  return { root, sysfs, mountinfo: join(root, 'mountinfo') };
}

const mount = (point: string, source: string, number = '0:40') => `36 35 ${number} / ${point} rw,noatime shared:1 - btrfs ${source} rw`;

describe('the devices under a path', () => {
  test('are found where the file system shows none, down to the disk', async () => {
    const system = machine({ sda: { number: '8:0' }, sda2: { number: '8:2', disk: 'sda' }, other: { number: '4000:1' } }, (root) => [mount('/', '/dev/other'), mount(root, '/dev/sda2')]);
    expect([...(await findDevicesUnder(system.root, system)).devices].toSorted()).toEqual(['8:0', '8:2']);
  });

  test('go through volume groups, encryption and RAID', async () => {
    const system = machine({
      sda: { number: '8:0' }, sda3: { number: '8:3', disk: 'sda' }, sdb: { number: '8:16' }, md0: { number: '9:0', madeOf: ['sda3', 'sdb'] },
      'dm-0': { number: '253:0', madeOf: ['md0'] }, 'dm-1': { number: '253:1', madeOf: ['dm-0'] }, 'dm-2': { number: '253:2', madeOf: ['dm-0'] },
    }, (root) => [mount(root, '/dev/dm-1')]);
    expect([...(await findDevicesUnder(system.root, system)).devices].toSorted()).toEqual(['253:0', '253:1', '8:0', '8:16', '8:3', '9:0']);
  });

  test('of a partition in an image are the image, and what that lies on', async () => {
    const system = machine(
      { sda: { number: '8:0' }, loop0: { number: '7:0', image: 'disk.img' }, loop0p1: { number: '259:0', disk: 'loop0' } },
      (root) => [mount(root, '/dev/sda'), mount(join(root, 'in\\040image'), '/dev/loop0p1')],
    );
    mkdirSync(join(system.root, 'in image'));
    writeFileSync(join(system.root, 'disk.img'), '');
    const under = await findDevicesUnder(join(system.root, 'in image'), system);
    expect([...under.devices].toSorted()).toEqual(['259:0', '7:0', '8:0']);
    expect(under.images).toEqual([join(system.root, 'disk.img')]);
  });

  test('are none where nothing is known', async () => {
    const system = machine({}, (root) => [mount(root, 'tmpfs')]);
    expect(await findDevicesUnder(system.root, system)).toEqual({ devices: new Set(), images: [] });
  });
});

test('of mount points the nearest counts, and there the latest', () => {
  const mounts = [mount('/', '/dev/a'), mount('/data', '/dev/b'), mount('/data', '/dev/c'), mount('/data/more', '/dev/d'), mount('/database', '/dev/e'), ''].join('\n');
  expect(['/', '/x', '/data', '/data/x', '/data/more', '/data/moreover', '/database/x'].map((path) => mountedAt(path, mounts))).toEqual(['/dev/a', '/dev/a', '/dev/c', '/dev/c', '/dev/d', '/dev/c', '/dev/e']);
  expect(mountedAt('/', mount('/', 'overlay'))).toBeUndefined();
});

test('device numbers are written as the system writes them', () => {
  expect([0x0801n, 0x11_032cn].map((device) => deviceNumbers(device))).toEqual(['8:1', '259:300']);
});
