import { describe, expect, test } from 'vitest';
import { effectSchema, reversibilitySchema } from '../schemas/effect.ts';
import { capabilityFloors, type CapabilityId } from './capability-floors.table.ts';
import { claimOf, descriptorHashOf, sealDescriptor, type CapabilityDescriptor, type CapabilityDescriptorInput } from './capability-descriptor.ts';

const ids = Object.keys(capabilityFloors) as CapabilityId[];
const claiming = (id: CapabilityId, more: object = {}): CapabilityDescriptorInput => {
  const { effect, reversibility } = capabilityFloors[id];
  return { plugin: 'example', specVersion: 'v1', capabilities: { [id]: { level: 'stable', effect, reversibility, ...more } } };
};

describe.each(ids)('%s', (id) => {
  const floor = capabilityFloors[id];

  test.each(effectSchema.options)('as %s: taken at the floor or above, refused below', (effect) => {
    const isBelow = effectSchema.options.indexOf(effect) < effectSchema.options.indexOf(floor.effect);
    expect(refusalOf(claiming(id, { effect }))).toBe(isBelow ? `capabilities.${id}.effect` : undefined);
  });

  test.each(reversibilitySchema.options)('as %s: taken at the floor or above, refused below', (reversibility) => {
    const isBelow = reversibilitySchema.options.indexOf(reversibility) < reversibilitySchema.options.indexOf(floor.reversibility);
    expect(refusalOf(claiming(id, { reversibility }))).toBe(isBelow ? `capabilities.${id}.reversibility` : undefined);
  });

  test('preview and unavailable do not undercut it either', () => {
    expect(refusalOf(claiming(id, { level: 'preview' }))).toBeUndefined();
    const unavailable = sealDescriptor({ plugin: 'example', specVersion: 'v1', capabilities: { [id]: { level: 'unavailable', reason: 'licence' } } });
    expect(claimOf(unavailable, id)).toBeUndefined();
  });
});

function refusalOf(input: CapabilityDescriptorInput): string | undefined {
  try {
    sealDescriptor(input);
    return undefined;
  } catch (error) {
    const { code, fieldPath } = error as { code: string; fieldPath: string };
    return code === 'invalid-config' ? fieldPath : code;
  }
}

test('the floors of what takes data away or gives keys out ask for another person', () => {
  const withApproval = ids.filter((id) => capabilityFloors[id].approvals > 0);
  expect(withApproval).toEqual(['winre.restore.trigger', 'winre.rebuild.trigger', 'winre.keys.release']);
  expect(ids.filter((id) => capabilityFloors[id].effect === 'destructive').every((id) => withApproval.includes(id))).toBe(true);
  expect(capabilityFloors['winre.rebuild.trigger']).toMatchObject({ effect: 'destructive', reversibility: 'irreversible' });
});

test.each<[string, unknown]>([
  ['capabilities', { capabilities: { 'winre.nothing': { level: 'stable', effect: 'read', reversibility: 'reversible' } } }],
  ['capabilities.winre.devices.reason', { capabilities: { 'winre.devices': { level: 'unavailable' } } }],
  ['capabilities.winre.devices.effect', { capabilities: { 'winre.devices': { level: 'stable', reversibility: 'reversible' } } }],
  ['capabilities.winre.devices.parameters', claiming('winre.devices', { parameters: { unheardOf: 1 } })],
  ['capabilities.winre.devices.parameters.delivery.everyMs', claiming('winre.devices', { parameters: { delivery: { mode: 'poll' } } })],
  ['capabilities.winre.devices.parameters.maxBatch', claiming('winre.devices', { parameters: { maxBatch: 0 } })],
  ['specVersion', { specVersion: 'v2' }],
  ['plugin', { plugin: 'No Such Name' }],
])('a malformed descriptor is refused at %s', (fieldPath, more) => {
  expect(refusalOf({ plugin: 'example', specVersion: 'v1', capabilities: {}, ...(more as object) })).toBe(fieldPath);
});

test('a sealed descriptor is frozen to the ground, is plain JSON and has one hash', async () => {
  const sealed = sealDescriptor(claiming('winre.script.push', { parameters: { scriptInterpreters: ['cmd'] } }));
  const frozen = (value: unknown): boolean => typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(sealed)).toBe(true);
  const copy = JSON.parse(JSON.stringify(sealed)) as CapabilityDescriptor;
  expect(copy).toEqual(sealed);
  expect(await descriptorHashOf(copy)).toBe(await descriptorHashOf(sealed));
  expect(await descriptorHashOf(sealDescriptor(claiming('winre.script.push')))).not.toBe(await descriptorHashOf(sealed));
  expect(claimOf(sealed, 'winre.script.push')).toMatchObject({ level: 'stable', requires: [] });
  expect(claimOf(sealed, 'winre.devices')).toBeUndefined();
});

test('sealing leaves its input alone', () => {
  const input = claiming('winre.devices');
  sealDescriptor(input);
  expect(Object.isFrozen(input)).toBe(false);
});
