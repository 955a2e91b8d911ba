import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { verifyAuditExport } from '@winre-kit/sdk/host';
import { writeReport } from './report/write-report.ts';
import { configureGroup } from './stories/configure-group.ts';
import { recoverByRebuild } from './stories/recover-by-rebuild.ts';
import { recoverByRestore } from './stories/recover-by-restore.ts';
import { surviveLostReply } from './stories/survive-lost-reply.ts';
import { printSummary } from './summary.ts';
import { playStories } from './timeline.ts';
import { makeGoldenMedia } from './volume/golden-media.ts';
import { copyVolume, makeSystemVolume } from './volume/make-volume.ts';
import { writeDigests } from './volume/volume-manifest.ts';
import { startWorld } from './world/start-world.ts';

const usage = `Four PCs get recovery settings by MDM, and three broken PCs come back: one restored in place, one rebuilt, one behind a line that dies at the worst moment.

  --volume DIR    use a copy of this folder as the OS volume of each device (default: a tree of installed packages with a compiler)
  --report FILE   where the report goes (default: demo-report.html in the folder the command was called from)
  --keep          keep the work folder with all logs, journals and volumes, and say where it is
`;
const { values } = parseArgs({ options: { volume: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
if (values.help) process.stdout.write(usage);
else {
  await demonstrate().catch((error: unknown) => {
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
}

async function demonstrate(): Promise<void> {
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  const reportFile = resolve(calledFrom, values.report ?? 'demo-report.html');
  const folder = await mkdtemp(join(tmpdir(), 'winre-kit-demo-'));
  let recovered = false;
  try {
    console.log('Setting up: volumes, golden media, sample EMM, witness, three devices, two hosts …');
    const records = join(folder, 'records');
    const disks = join(folder, 'disks');
    const factory = join(disks, 'factory-volume');
    await mkdir(records);
    await mkdir(factory, { recursive: true });
    if (values.volume === undefined) await makeSystemVolume(factory);
    else await copyVolume(resolve(calledFrom, values.volume), factory);
    const manifestFile = values.volume === undefined ? undefined : join(disks, 'factory-volume.sha256');
    if (manifestFile !== undefined) await writeDigests(factory, manifestFile);
    const media = await makeGoldenMedia(factory, join(disks, 'golden-media'));

    const startedMs = performance.now();
    await using world = await startWorld({ folder: records, diskFolder: disks, manifestFile });
    for (const device of Object.values(world.devices)) await cp(factory, device.volume, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    await world.admin.call('PUT', '/rebuild-offerings', { offerings: [media.offering] });
    await playStories([configureGroup(world), recoverByRestore(world), recoverByRebuild(world, media), surviveLostReply(world)]);

    const auditExport = await world.audit.exportAudit();
    const auditFile = join(records, 'audit-export.json');
    await writeFile(auditFile, JSON.stringify(auditExport, null, 1));
    const trust = { trustedCheckpointKeys: [world.auditSigner.publicKey] };
    const verdict = await writeReport(auditExport, reportFile, trust);
    await world.secrets.requireNoLeaks(records, world.pids(), { report: await readFile(reportFile, 'utf8') });
    const altered = structuredClone(auditExport);
    const victim = altered.entries[Math.floor(altered.entries.length / 2)];
    if (victim) victim.message = `${victim.message} (altered)`;
    const tampered = await verifyAuditExport(altered, trust);
    printSummary({ verdict, tampered, secrets: world.secrets.names, reportFile, seconds: (performance.now() - startedMs) / 1_000 });
    recovered = !tampered.ok;
  } finally {
    if (values.keep || !recovered) console.log(`Everything is kept in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
  process.exitCode = recovered ? 0 : 1;
}
