import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instantAt, signPackage, signScript, toBase64, utf8, type OperationReport, type PackageManifest, type RecoveryScript, type ScriptManifest } from '@winre-kit/sdk';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { approve, openAgentBench, outcomeOf, type AgentBench } from './agent-bench.ts';
import { createPerson, tenantId } from './gateway-bench.ts';
import { deviceInRecovery, type DeviceInRecovery } from './test-agent.ts';

let bench: AgentBench;
let recovering: DeviceInRecovery;
const streamed: { readonly stream: string; readonly text: string }[] = [];
beforeAll(async () => {
  bench = await openAgentBench({ gateway: { logSink: async ({ chunk }) => void streamed.push(chunk) } });
  recovering = await deviceInRecovery(bench, 'laptop');
});
afterAll(async () => {
  await recovering[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const terms = (validForMs = 3_600_000): { tenantId: string; issuedAt: string; expiresAt: string } => ({ tenantId, issuedAt: instantAt(bench.clock.now() - 60_000), expiresAt: instantAt(bench.clock.now() + validForMs) });
const manifest: Omit<ScriptManifest, 'sha256'> = { name: 'diagnose', interpreter: 'sh', successExitCodes: [0], timeoutMs: 10_000, maxOutputBytes: 10_000 };
const signed = (content: string, change: Partial<typeof manifest> = {}): Promise<RecoveryScript> => signScript({ content, manifest: { ...manifest, ...change } }, terms(), bench.scriptSigner.signer);

let count = 0;
async function push(script: RecoveryScript): Promise<OperationReport> {
  const operationKey = `script-${(count += 1)}`;
  await bench.gateway.submitOperation(await approve(bench, operationKey, { capability: 'winre.script.push', tenantId, device: recovering.device, script }));
  return outcomeOf(bench, operationKey);
}

test('a signed script runs, sees the volume and nothing of the agent, and its output comes back', async () => {
  const report = await push(await signed('head -c 13 "$WINRE_VOLUME_ROOT/kernel"; echo; echo grüß; env | cut -d= -f1 | sort | tr "\\n" " "; echo bad >&2'));
  expect(report).toMatchObject({ state: 'succeeded', exitCode: 0, stderr: { text: 'bad\n' }, evidence: { kind: 'program-exit' } });
  expect(report.stdout?.text).toBe('half an updat\ngrüß\nLANG PATH PWD WINRE_RUN WINRE_VOLUME_ROOT ');
});

test('what it writes is streamed into the log of the session', async () => {
  const textOf = (stream: string): string => streamed.filter((chunk) => chunk.stream === stream).map(({ text }) => text).join('');
  await vi.waitFor(() => expect(textOf('stdout')).toBe('half an updat\ngrüß\nLANG PATH PWD WINRE_RUN WINRE_VOLUME_ROOT '));
  expect(textOf('stderr')).toBe('bad\n');
});

test('another exit code than the declared ones is a failed operation, not an error', async () => {
  expect(await push(await signed('exit 1'))).toMatchObject({ state: 'failed', exitCode: 1, message: expect.stringContaining('ended with 1') });
});

test('a script that takes too long is killed', async () => {
  expect(await push(await signed('echo before; sleep 60', { timeoutMs: 150 }))).toMatchObject({ state: 'failed', deviceCode: 'deadline-exceeded', stdout: { text: 'before\n' } });
});

test('output over the limit is cut and flagged', async () => {
  expect(await push(await signed('yes | head -c 50000', { maxOutputBytes: 100 }))).toMatchObject({ state: 'succeeded', stdout: { bytes: 50_000, truncated: true, text: 'y\n'.repeat(50) } });
});

test('what is not signed for this device now is refused, and nothing runs', async () => {
  const trace = join(recovering.machine.volume, 'trace');
  const content = `echo ran > ${trace}`;
  const stranger = await createPerson('mallory', 'sign-scripts');
  const good = await signed(content);
  const refusals = {
    altered: { ...good, content: `${content} ` },
    expired: await signScript({ content, manifest }, terms(-1_000), bench.scriptSigner.signer),
    'another tenant': await signScript({ content, manifest }, { ...terms(), tenantId: 'tenant-2' }, bench.scriptSigner.signer),
    'unknown key': await signScript({ content, manifest }, terms(), stranger.signer),
    'not a signer': await signScript({ content, manifest }, terms(), bench.approver.signer),
  };
  for (const script of Object.values(refusals)) expect(await push(script)).toMatchObject({ state: 'failed', deviceCode: 'untrusted-payload' });
  await expect(readFile(trace)).rejects.toThrow('ENOENT');
});

test('an interpreter that WinRE does not have is refused', async () => {
  expect(await push(await signScript({ content: 'Get-Disk', manifest: { ...manifest, interpreter: 'powershell' } }, terms(), bench.scriptSigner.signer))).toMatchObject({ state: 'failed', deviceCode: 'unsupported', message: expect.stringContaining('sh') });
});

test('a package is unpacked outside the volume, its entry point runs, and it leaves nothing behind', async () => {
  const contents = [{ path: 'run.sh', base64: toBase64(utf8('cat data/name; pwd > "$WINRE_VOLUME_ROOT/where"')) }, { path: 'data/name', base64: toBase64(utf8('fix 7')) }];
  const entryPoint: PackageManifest['entryPoint'] = { path: 'run.sh', interpreter: 'sh', successExitCodes: [0], timeoutMs: 5_000, maxOutputBytes: 1_000 };
  const remediationPackage = await signPackage({ manifest: { name: 'fix', version: '7', kind: 'remediation', entryPoint }, contents }, terms(), bench.scriptSigner.signer);
  await bench.gateway.submitOperation(await approve(bench, 'package-1', { capability: 'winre.package.push', tenantId, device: recovering.device, package: remediationPackage }));
  expect(await outcomeOf(bench, 'package-1')).toMatchObject({ state: 'succeeded', stdout: { text: 'fix 7' } });
  const where = (await readFile(join(recovering.machine.volume, 'where'), 'utf8')).trim();
  expect(where.startsWith(recovering.machine.stateFolder)).toBe(true);
  await expect(readFile(join(where, 'run.sh'))).rejects.toThrow('ENOENT');
});

test('a driver package is refused: drivers come by staged rollout', async () => {
  const contents = [{ path: 'setup.sh', base64: toBase64(utf8('true')) }];
  const entryPoint: PackageManifest['entryPoint'] = { path: 'setup.sh', interpreter: 'sh', successExitCodes: [0], timeoutMs: 5_000, maxOutputBytes: 1_000 };
  const drivers = await signPackage({ manifest: { name: 'nic', version: '1', kind: 'drivers', entryPoint }, contents }, terms(), bench.scriptSigner.signer);
  await bench.gateway.submitOperation(await approve(bench, 'package-2', { capability: 'winre.package.push', tenantId, device: recovering.device, package: drivers }));
  expect(await outcomeOf(bench, 'package-2')).toMatchObject({ state: 'failed', deviceCode: 'unsupported' });
});

test('a signer that was revoked meanwhile is refused', async () => {
  const script = await signed('true');
  await bench.gateway.revoke(tenantId, { keyIds: [bench.scriptSigner.key.keyId] });
  expect(await push(script)).toMatchObject({ state: 'failed', deviceCode: 'untrusted-payload', message: expect.stringContaining('revoked') });
});
