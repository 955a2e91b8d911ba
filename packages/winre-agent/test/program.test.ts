import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { agentVersion } from '../src/agent/agent-version.ts';
import { openAgentBench, type AgentBench } from './agent-bench.ts';
import { agentOf, makeMachine, startProgram } from './test-agent.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());

test('a device is enrolled with a token from standard input, takes a restore point, runs, and stops when asked to', async () => {
  const machine = await makeMachine(bench, 'laptop');
  const token = (await bench.issueToken()).reveal();
  const enrol = startProgram(['enrol', '--config', machine.configFile], `${token}\n`);
  expect(await enrol.exited).toEqual([0, null]);
  const { deviceId } = JSON.parse(enrol.output()) as { deviceId: string };
  const point = startProgram(['take-restore-point', '--config', machine.configFile]);
  expect(await point.exited).toEqual([0, null]);
  expect(point.output()).toContain('"restorePointId"');
  await using run = startProgram(['run', '--config', machine.configFile]);
  await vi.waitFor(() => expect(run.output()).toContain('channel open'), 15_000);
  const second = startProgram(['run', '--config', machine.configFile]);
  expect(await second.exited).toEqual([1, null]);
  expect(second.output()).toContain('another agent');
  expect(await readFile(`/proc/${run.child.pid}/cmdline`, 'utf8')).not.toContain(token);
  run.child.kill('SIGTERM');
  expect(await run.exited).toEqual([0, null]);
  expect(run.output()).not.toContain(token);
  expect((await bench.gateway.readDevice(deviceId)).displayName).toBe('laptop');
});

test('wrong usage says what is missing; a wrong configuration names file, field and expectation', async () => {
  const machine = await makeMachine(bench, 'misconfigured');
  await writeFile(machine.configFile, JSON.stringify({ ...machine.config, gatewayUrl: 'http://gateway.example', unknown: 1 }));
  const runs = {
    usage: startProgram(['run']),
    command: startProgram(['wipe', '--config', machine.configFile]),
    config: startProgram(['run', '--config', machine.configFile]),
  };
  expect([await runs.usage.exited, await runs.command.exited, await runs.config.exited]).toEqual([[2, null], [2, null], [1, null]]);
  expect(runs.usage.output()).toContain('--config FILE is missing');
  expect(runs.command.output()).toContain('unknown command wipe');
  expect(JSON.parse(runs.config.output())).toMatchObject({ code: 'invalid-config', fieldPath: 'gatewayUrl', message: expect.stringContaining(`${machine.configFile}: gatewayUrl: expected an https:// address`) });
  await writeFile(machine.configFile, JSON.stringify({ ...machine.config, caFile: machine.configFile }));
  const noCertificate = startProgram(['run', '--config', machine.configFile]);
  await noCertificate.exited;
  expect(JSON.parse(noCertificate.output())).toMatchObject({ code: 'invalid-config', fieldPath: 'caFile' });
});

test('a device that is not enrolled, and a state folder on the volume, are refused', async () => {
  const machine = await makeMachine(bench, 'fresh');
  const { signal } = new AbortController();
  await expect((await agentOf(bench, machine)).run({ signal })).rejects.toMatchObject({ code: 'failed-precondition', message: expect.stringContaining('enrol') });
  const inside = { ...machine, config: { ...machine.config, stateFolder: join(machine.volume, 'state') } };
  await expect((await agentOf(bench, inside)).run({ signal })).rejects.toMatchObject({ code: 'failed-precondition', fieldPath: 'stateFolder' });
});

test('the version that hellos say is the one of the package', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(agentVersion).toBe(manifest.version);
});
