import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

/** What was asked for. */
export interface CheckInOptions {
  readonly deviceCount: number;
  /** Parent of the server's folder. On which disk it lies matters: every message waits for its commit. */
  readonly work: string;
  readonly writeDocs: boolean;
  /** Run the server from source instead of the build. */
  readonly fromSource: boolean;
  /** Where the server leaves a CPU profile when it ends; none when not given. */
  readonly profileFolder: string | undefined;
}

/** Help text of `pnpm bench:mdm`. */
export const checkInHelp = `pnpm bench:mdm [options]

  --devices N          how many check in at once (default: 1000)
  --quick              100 devices
  --work FOLDER        where the server keeps its data (default: the system's folder for temporary files)
  --write-docs         write the table into docs/
  --cpu-profile FOLDER leave a CPU profile of the server there
  --from-source        the server from source, not from the build: slower to start, and larger
`;

/** As many as a group of the sample EMM takes. */
const maxDevices = 10_000;

/**
 * Reads the command line. `--devices` wins over `--quick`.
 *
 * @throws {Error} for what it does not know
 */
export function parseCheckInOptions(args: readonly string[]): CheckInOptions | 'help' {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      devices: { type: 'string' }, quick: { type: 'boolean' }, work: { type: 'string' }, 'write-docs': { type: 'boolean' }, 'cpu-profile': { type: 'string' }, 'from-source': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const deviceCount = Number(values.devices ?? (values.quick === true ? 100 : 1_000));
  if (!Number.isSafeInteger(deviceCount) || deviceCount < 1 || deviceCount > maxDevices) throw new Error(`--devices takes a whole number from 1 to ${maxDevices}, not ${values.devices ?? ''}`);
  return { deviceCount, work: values.work ?? tmpdir(), writeDocs: values['write-docs'] ?? false, fromSource: values['from-source'] ?? false, profileFolder: values['cpu-profile'] };
}
