import type { ClaimedCapability } from '../../contract/capability-descriptor.ts';
import type { Intent } from '../../schemas/intent.ts';

/** Why an intent is beyond what the descriptor claims for its capability; undefined when it is within. What the descriptor leaves open is not judged. */
export function judgeParameters({ parameters }: Pick<ClaimedCapability, 'parameters'>, intent: Intent): string | undefined {
  const { scriptInterpreters, maxScriptBytes, maxPackageBytes, networkKinds } = parameters;
  if (intent.capability === 'winre.script.push') {
    const bytes = new TextEncoder().encode(intent.script.content).length;
    return notListed('interpreter', intent.script.manifest.interpreter, scriptInterpreters) ?? tooLarge('script', bytes, maxScriptBytes);
  }
  if (intent.capability === 'winre.package.push') {
    const { entryPoint, files } = intent.package.manifest;
    return notListed('interpreter', entryPoint.interpreter, scriptInterpreters) ?? tooLarge('package', files.reduce((sum, { bytes }) => sum + bytes, 0), maxPackageBytes);
  }
  return intent.capability === 'winre.network.configure' ? notListed('network kind', intent.profile.kind, networkKinds) : undefined;
}

function notListed(what: string, wanted: string, offered: readonly string[] | undefined): string | undefined {
  return offered === undefined || offered.includes(wanted) ? undefined : `${what} ${wanted} is not among ${offered.join(', ') || 'none'}`;
}

function tooLarge(what: string, bytes: number, maxBytes: number | undefined): string | undefined {
  return maxBytes === undefined || bytes <= maxBytes ? undefined : `the ${what} has ${bytes} bytes, at most ${maxBytes} are taken`;
}
