import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { RecoveryError, utf8, verifyPackage, verifyScript, fromBase64, type Interpreter, type OutputStream, type PayloadTrust } from '@winre-kit/sdk';
import type { AgentServices } from '../agent-services.ts';
import { runChild } from '../processes/run-child.ts';
import { revokedKeyIdsOf } from '../state/enrolment-record.ts';
import type { OperationResult, OperationStage, PrepareOperation } from './operation-handler.ts';

/** A report must fit into one request of the protocol; the whole output goes into the log. */
const maxReportedOutputBytes = 65_536;

interface ProgramTerms {
  readonly name: string;
  readonly interpreter: Interpreter;
  readonly successExitCodes: readonly number[];
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** Runs a signed script. Its text is checked first: signature, tenant, validity by the gateway's time, revocation. */
export function prepareScript(services: AgentServices): PrepareOperation<'winre.script.push'> {
  return async ({ intent: { script } }) => {
    const { manifest, content } = script;
    const extension = requireInterpreter(services, manifest.interpreter).extension;
    if (utf8(content).length > services.platform.abilities.maxScriptBytes) throw new RecoveryError('unsupported', `script ${manifest.name} is longer than ${services.platform.abilities.maxScriptBytes} bytes`);
    await verifyScript(script, trustOf(services));
    return (stage) => inScratchFolder(services, stage, async (folder) => {
      const path = join(folder, `script${extension}`);
      await writeFile(path, content, { mode: 0o600, flag: 'wx' });
      return runProgram(services, stage, path, folder, manifest);
    });
  };
}

/** Writes the files of a signed package into a folder of its own, outside the volume, and runs its entry point. */
export function preparePackage(services: AgentServices): PrepareOperation<'winre.package.push'> {
  return async ({ intent: { package: remediationPackage } }) => {
    const { manifest, contents } = remediationPackage;
    if (manifest.kind === 'drivers') throw new RecoveryError('unsupported', `package ${manifest.name}: drivers are installed by staged rollout only, not in a recovery session`);
    requireInterpreter(services, manifest.entryPoint.interpreter);
    await verifyPackage(remediationPackage, trustOf(services));
    return (stage) => inScratchFolder(services, stage, async (folder) => {
      for (const file of contents) {
        const path = pathInside(folder, file.path);
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(path, fromBase64(file.base64), { mode: 0o600, flag: 'wx' });
      }
      return runProgram(services, stage, pathInside(folder, manifest.entryPoint.path), folder, { ...manifest.entryPoint, name: manifest.name });
    });
  };
}

function trustOf({ enrolment, link }: AgentServices): PayloadTrust {
  const { tenantId, trustedKeys } = enrolment.current;
  const nowMs = link.gatewayTimeMs();
  if (nowMs === undefined) throw new RecoveryError('failed-precondition', 'there is no signed time yet, so nothing can be known to be valid', { facts: { unmet: ['signed-time'] } });
  return { tenantId, trustedKeys, revokedKeyIds: revokedKeyIdsOf(enrolment.current), nowMs };
}

function requireInterpreter({ platform }: AgentServices, interpreter: Interpreter): { readonly extension: string } {
  const command = platform.interpreters.get(interpreter);
  if (command) return command;
  throw new RecoveryError('unsupported', `this device has no ${interpreter} in this mode; it has ${[...platform.interpreters.keys()].join(', ')}`);
}

async function inScratchFolder(services: AgentServices, stage: OperationStage, work: (folder: string) => Promise<OperationResult>): Promise<OperationResult> {
  const folder = join(services.scratchFolder, stage.executionId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pathInside(folder: string, path: string): string {
  const resolved = resolve(folder, path);
  // The schema refuses such paths already; what a platform makes of a name is its own affair.
  if (!resolved.startsWith(folder + sep)) throw new RecoveryError('untrusted-payload', `the package holds a path that leads out of its folder: ${path}`, { facts: { reason: 'path' } });
  return resolved;
}

async function runProgram(services: AgentServices, stage: OperationStage, path: string, folder: string, terms: ProgramTerms): Promise<OperationResult> {
  const { platform, clock, logs } = services;
  const command = platform.interpreters.get(terms.interpreter);
  if (!command) throw new RecoveryError('unsupported', `this device has no ${terms.interpreter}`);
  const { locked } = await platform.volume.status();
  stage.report({ message: `${terms.name} runs` });
  const result = await runChild({ clock, rules: platform.processRules }, {
    fileName: command.fileName,
    arguments: command.argumentsFor(path),
    folder,
    environment: locked ? {} : { WINRE_VOLUME_ROOT: await platform.volume.root() },
    timeoutMs: terms.timeoutMs,
    maxOutputBytes: terms.maxOutputBytes,
    onText: (stream, text, signal) => logs.write({ stream, category: 'script-output', text, operationKey: stage.operationKey }, signal),
    signal: stage.signal,
  });
  const output = { stdout: shortened(result.stdout), stderr: shortened(result.stderr) };
  if (result.timedOut) return { state: 'failed', rawState: 'timed-out', deviceCode: 'deadline-exceeded', message: `${terms.name} was killed after ${terms.timeoutMs} ms, with everything it had started`, ...output };
  if (result.exitCode === undefined) return { state: 'failed', rawState: 'killed', message: `${terms.name} was ended by a signal`, ...output };
  const { exitCode } = result;
  const succeeded = terms.successExitCodes.includes(exitCode);
  return {
    state: succeeded ? 'succeeded' : 'failed',
    rawState: 'exited',
    message: `${terms.name} ended with ${exitCode}`,
    exitCode,
    ...output,
    ...(succeeded && { evidence: { kind: 'program-exit', detail: { executionId: stage.executionId, exitCode } } }),
  };
}

/** The output as far as a report has room for it. */
function shortened(output: OutputStream): OutputStream {
  const bytes = utf8(output.text);
  if (bytes.length <= maxReportedOutputBytes) return output;
  return { ...output, truncated: true, text: new TextDecoder().decode(bytes.subarray(0, maxReportedOutputBytes), { stream: true }) };
}
