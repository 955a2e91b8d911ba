import { parseArgs } from 'node:util';
import { parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import { createJsonLineLogger } from './json-line-logger.ts';
import { programSettingsSchema, usage } from './program-settings.ts';
import { startSampleEmm } from './start-sample-emm.ts';
import { systemClock } from './system-clock.ts';

try {
  await run();
} catch (error) {
  const known = RecoveryError.isInstance(error) ? error.message : `the sample EMM cannot start: ${error instanceof Error ? error.message : 'unknown reason'}`;
  process.stderr.write(`${known}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' }, port: { type: 'string' }, host: { type: 'string' }, 'host-name': { type: 'string', multiple: true }, tenant: { type: 'string', multiple: true },
      'heartbeat-every-ms': { type: 'string' }, help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const settings = parseOrThrow(programSettingsSchema, {
    folder: values.folder ?? process.env['SAMPLE_EMM_FOLDER'],
    port: values.port ?? process.env['SAMPLE_EMM_PORT'],
    host: values.host ?? process.env['SAMPLE_EMM_HOST'],
    hostNames: values['host-name'],
    tenantIds: values.tenant,
    heartbeatEveryMs: values['heartbeat-every-ms'],
  }, 'settings of the sample EMM');
  const emm = await startSampleEmm({ ...settings, clock: systemClock, logger: createJsonLineLogger((line) => process.stderr.write(line), systemClock) });
  for (const path of emm.newTokenFiles) process.stdout.write(`administrator token written to ${path}\n`);
  process.stdout.write(`sample EMM at ${emm.url} (CA in ${settings.folder}/ca.pem)\n`);
  const stop = (): void => {
    emm.close().then(
      () => process.stdout.write('sample EMM stopped\n'),
      () => (process.exitCode = 1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
