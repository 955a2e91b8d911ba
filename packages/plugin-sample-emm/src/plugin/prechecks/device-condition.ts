import type { Observation } from '../devices/ask-device.ts';
import type { DeviceFacts } from '../devices/device-facts.ts';
import type { PlannedPrecheck } from './precheck.ts';

/** On battery, a restore or rebuild wants at least this much charge. */
const minBatteryPercent = 50;

type Judgement = Pick<PlannedPrecheck, 'state' | 'evidence'>;

/** Conditions that the device itself observes. Each says `unknown` when the device could not be asked. */
export const deviceConditions = {
  'winre-enabled': (facts: DeviceFacts) => fromWord(facts.winreEnabled, 'yes', `the device says WinRE enabled: ${facts.winreEnabled}`),
  'volume-unlocked': (facts: DeviceFacts) => fromWord(facts.locked, 'no', `the device says volume locked: ${facts.locked}`),
  'drivers-available': (facts: DeviceFacts) => fromWord(facts.driversAvailable, 'yes', `the device says drivers available: ${facts.driversAvailable}`),
  power: judgePower,
} satisfies Record<string, (facts: DeviceFacts) => Judgement>;

/** Judges some of the conditions by what the device said at `observedAt` of its facts, or of the plan when it said nothing. */
export function judgeDevice(ids: readonly (keyof typeof deviceConditions)[], facts: Observation<DeviceFacts>, plannedAt: string): PlannedPrecheck[] {
  return ids.map((id) => {
    if (!facts.seen) return { id, state: 'unknown', observedAt: plannedAt, evidence: facts.reason };
    return { id, observedAt: facts.seen.observedAt, ...deviceConditions[id](facts.seen) };
  });
}

/** Room for the copy of what would be overwritten, which is kept so that the restore itself can be undone. */
export function judgeFreeSpace(facts: Observation<DeviceFacts>, neededBytes: number, plannedAt: string): PlannedPrecheck {
  const id = 'free-space';
  if (!facts.seen) return { id, state: 'unknown', observedAt: plannedAt, evidence: facts.reason };
  const { freeBytes, observedAt } = facts.seen;
  if (freeBytes === undefined || freeBytes === null) return { id, state: 'unknown', observedAt, evidence: 'the device does not say how much space is free' };
  return { id, state: freeBytes >= neededBytes ? 'met' : 'unmet', observedAt, evidence: `${freeBytes} bytes are free, ${neededBytes} are needed` };
}

function fromWord(word: 'yes' | 'no' | 'unknown', wanted: 'yes' | 'no', evidence: string): Judgement {
  if (word === 'unknown') return { state: 'unknown', evidence };
  return { state: word === wanted ? 'met' : 'unmet', evidence };
}

function judgePower({ power, batteryPercent }: DeviceFacts): Judgement {
  if (power === 'mains') return { state: 'met', evidence: 'the device is on mains power' };
  if (power === 'unknown' || batteryPercent === undefined || batteryPercent === null) return { state: 'unknown', evidence: `the device says power: ${power}, charge not known` };
  return { state: batteryPercent >= minBatteryPercent ? 'met' : 'unmet', evidence: `on battery at ${batteryPercent} %, wanted ${minBatteryPercent} %` };
}
