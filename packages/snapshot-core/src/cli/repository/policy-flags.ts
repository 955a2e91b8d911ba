import { InvalidArgumentError, type Command } from 'commander';
import { cadenceHours, retentionHours, type RetentionPolicy } from '../../index.ts';
import { collect, parseBytes } from '../parse-values.ts';

/** Options of a policy that say what is kept. */
export interface KeepFlags {
  readonly keepHours?: RetentionPolicy['retentionHours'];
  readonly diskBudget?: number;
  readonly keepLabel?: readonly string[];
}

/** Adds the options that say what a policy keeps. */
export function addKeepFlags(command: Command): Command {
  return command
    .option('--keep-hours <hours>', `how long snapshots are kept: ${retentionHours.join(', ')}`, (text: string) => oneOf(retentionHours, text))
    .option('--disk-budget <size>', 'what the snapshots may take together, such as 50GiB; the oldest go first', parseBytes)
    .option('--keep-label <label>', 'keep snapshots with this label whatever their age; may be repeated', collect);
}

/** Adds the option that says how often a snapshot is taken. */
export function addCadenceFlag(command: Command): Command {
  return command.option('--cadence <hours>', `hours between two snapshots: ${cadenceHours.join(', ')}`, (text: string) => oneOf(cadenceHours, text), 24);
}

/** The policy that options describe. The library says what is wrong with it. */
export function policyOf(cadence: RetentionPolicy['cadenceHours'], { keepHours = 72, diskBudget, keepLabel }: KeepFlags): RetentionPolicy {
  return { cadenceHours: cadence, retentionHours: keepHours, ...(diskBudget !== undefined && { diskBudgetBytes: diskBudget }), ...(keepLabel !== undefined && { keepLabels: keepLabel }) };
}

function oneOf<T extends number>(known: readonly T[], text: string): T {
  const found = known.find((hours) => String(hours) === text);
  if (found === undefined) throw new InvalidArgumentError(`Give one of ${known.join(', ')}.`);
  return found;
}
