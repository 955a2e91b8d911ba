import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setDefaultCACertificates } from 'node:tls';
import { startEmmProcess, type EmmProcess } from '../../test/emm-process.ts';
import { adminCaller, createPerson } from '../../test/emm-world.ts';
import { checkInWave, type Wave } from './check-in-wave.ts';
import { enrolFleet } from './enrol-fleet.ts';
import { changedPolicy, firstPolicy, groupSettingsOf, type GroupPolicy } from './group-policy.ts';
import { measureDurableWrite } from './measure-durable-write.ts';
import type { CheckInOptions } from './parse-check-in-options.ts';
import { readServerEffort } from './server-effort.ts';
import { verifyFleet } from './verify-fleet.ts';

/** What a run came to. */
export interface CheckInReport {
  readonly devices: number;
  readonly cpus: number;
  readonly nodeVersion: string;
  /** How long one small durable write takes where the server keeps its data: a commit takes about that. */
  readonly durableWriteMs: number;
  readonly enrolmentsPerSecond: number;
  /** Peak memory of the server with its fleet enrolled and nobody there; undefined where there is no `/proc`. */
  readonly serverIdleBytes: number | undefined;
  readonly waves: readonly Wave[];
  /** What went wrong: sessions that failed, devices that have not what they should. */
  readonly failures: readonly string[];
}

const groupName = 'fleet';

/** Starts the server as a process of its own, enrols the fleet, lets it check in three times, and looks at every device after each. */
export async function runCheckIn(options: CheckInOptions, say: (line: string) => void): Promise<CheckInReport> {
  const folder = await mkdtemp(join(options.work, 'bench-mdm-'));
  const emm = await startEmmProcess(folder, {
    isBuilt: !options.fromSource,
    nodeArguments: options.profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profileFolder}`],
  });
  const kill = (): void => void process.kill(emm.pid, 'SIGKILL');
  process.once('exit', kill);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  try {
    return await checkIn(options, folder, emm, say);
  } finally {
    process.off('exit', kill);
    await emm.kill('SIGTERM');
    await rm(folder, { recursive: true });
    await rm(`${folder}.cache`, { recursive: true, force: true });
  }
}

async function checkIn({ deviceCount }: CheckInOptions, folder: string, emm: EmmProcess, say: (line: string) => void): Promise<CheckInReport> {
  // For the admin API: the built-in fetch keeps its connections, so that looking at a thousand devices does not take longer than their check-in.
  setDefaultCACertificates([emm.caCertificatePem]);
  const admin = adminCaller(fetch, emm.url, await readFile(join(folder, 'administrator-token.contoso'), 'utf8'));
  const setPolicy = async (policy: GroupPolicy): Promise<void> => {
    const { status } = await admin('PUT', `/groups/${groupName}/settings`, groupSettingsOf(policy));
    if (status !== 200) throw new Error(`the EMM did not take the group's settings: status ${status}`);
  };
  await admin('PUT', '/trust', { trustedKeys: [(await createPerson('ann@contoso.example', 'approve')).key] });
  const durableWriteMs = measureDurableWrite(folder);
  const startedMs = performance.now();
  const fleet = await enrolFleet({ url: emm.url, caCertificatePem: emm.caCertificatePem, admin }, groupName, deviceCount);
  const enrolmentsPerSecond = deviceCount / ((performance.now() - startedMs) / 1000);
  say(`${deviceCount} devices are enrolled`);
  const serverIdleBytes = readServerEffort(emm.pid).peakBytes;

  const waves: Wave[] = [];
  const failures: string[] = [];
  for (const { name, policy, isNew } of [
    { name: 'first, everything is new', policy: firstPolicy, isNew: true },
    { name: 'again, nothing to change', policy: firstPolicy, isNew: false },
    { name: 'the policy has changed', policy: changedPolicy, isNew: true },
  ]) {
    if (isNew) await setPolicy(policy);
    const wave = await checkInWave(name, fleet, emm.pid);
    say(`${name}: ${wave.seconds.toFixed(1)} s, ${wave.errors.length} errors`);
    waves.push(wave);
    failures.push(...wave.errors.map((error) => `${name}: ${error}`), ...(await verifyFleet(admin, fleet, policy, wave)));
  }
  return { devices: deviceCount, cpus: availableParallelism(), nodeVersion: process.versions.node, durableWriteMs, enrolmentsPerSecond, serverIdleBytes, waves, failures };
}
