import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isGone } from './system-error-code.ts';

/** What a path of this machine lies on, from its file system down to the disks. */
export interface DevicesUnder {
  /** `major:minor` of block devices: the one that is mounted, and all it is made of. */
  readonly devices: ReadonlySet<string>;
  /** Paths of the image files behind loop devices among them. */
  readonly images: readonly string[];
}

/** Where Linux tells about devices and mounts; lent, so that tests need none. */
export interface SystemFiles {
  readonly sysfs: string;
  readonly mountinfo: string;
}

const ownSystem: SystemFiles = { sysfs: '/sys', mountinfo: '/proc/self/mountinfo' };

/**
 * Finds the block devices under a path: partitions and their disks, what LVM, LUKS and RAID devices are made of, and loop devices
 * with what their image lies on. Linux only.
 *
 * File systems that show no device numbers of their own (btrfs) are known by the device that was mounted, the first of several.
 * Of ZFS, overlays and networks nothing is known.
 */
export async function findDevicesUnder(path: string, { sysfs, mountinfo }: SystemFiles = ownSystem): Promise<DevicesUnder> {
  const devices = new Set<string>();
  const images: string[] = [];

  async function visitPath(name: string): Promise<void> {
    const real = await realpath(name);
    const mounted = mountedAt(real, (await readText(mountinfo)) ?? '');
    const { dev } = await stat(real, { bigint: true });
    for (const device of [deviceNumbers(dev), mounted && (await readText(`${sysfs}/class/block/${await deviceName(mounted)}/dev`))]) if (device !== undefined) await visit(device);
  }

  async function visit(device: string): Promise<void> {
    const node = `${sysfs}/dev/block/${device}`;
    if (devices.has(device) || (await readText(`${node}/dev`)) === undefined) return;
    devices.add(device);
    const partition = await readText(`${node}/partition`);
    // The node is a symlink, so what is above it is the disk.
    const disk = partition === undefined ? undefined : await readText(`${node}/../dev`);
    const parts = await Promise.all((await listNames(`${node}/slaves`)).map((name) => readText(`${node}/slaves/${name}/dev`)));
    for (const part of [disk, ...parts]) if (part !== undefined) await visit(part);
    const image = await readText(`${node}/loop/backing_file`);
    if (image === undefined) return;
    images.push(image);
    await visitPath(image).catch(ignoreGone);
  }

  await visitPath(path);
  return { devices, images };
}

/** Text of a device's number, as sysfs has it. */
export function deviceNumbers(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xfff00n);
  return `${major}:${minor}`;
}

/** What is mounted where a path lies: of the mount points above it the nearest, and there the latest. Pure. */
export function mountedAt(path: string, mountinfo: string): string | undefined {
  let nearest: { readonly point: string; readonly source: string } | undefined;
  for (const line of mountinfo.split('\n')) {
    const [own = '', about = ''] = line.split(' - ');
    const point = unescapeMount(own.split(' ')[4] ?? '');
    const source = unescapeMount(about.split(' ')[1] ?? '');
    const isAbove = point !== '' && (path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`));
    if (isAbove && point.length >= (nearest?.point.length ?? 0)) nearest = { point, source };
  }
  return nearest?.source.startsWith('/') === true ? nearest.source : undefined;
}

/** Spaces and the like stand there as octal numbers of bytes. */
function unescapeMount(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
}

async function deviceName(source: string): Promise<string> {
  return basename(await realpath(source).catch(() => source));
}

async function listNames(path: string): Promise<string[]> {
  return readdir(path).catch((error: unknown) => ignoreGone(error) ?? []);
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then((text) => text.trim(), ignoreGone);
}

function ignoreGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
  return undefined;
}
