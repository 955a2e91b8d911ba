import type { PlanBinding, RebuildOffering } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import { requireBoundOffering } from './command.ts';

const offering: RebuildOffering = { id: 'golden', release: '25H2', language: 'en-GB', edition: 'Pro', mediaSource: { kind: 'repository', location: '/media/golden' } };
const bindingWith = (...bodies: unknown[]): PlanBinding => ({
  kind: 'winre-plan/v1', pluginId: 'p', secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null,
  intent: { capability: 'winre.rebuild.trigger', tenantId: 't', device: { id: 'd', enrolmentEpoch: 'e' }, offeringId: 'golden', attestations: [] },
  requests: bodies.map((body) => ({ method: 'POST', url: '/operations', body: body as null })),
});
const stale = expect.objectContaining({ code: 'plan-stale' }) as Error;

describe('the offering of a rebuild', () => {
  it('is the one that stands in the approved plan', () => {
    expect(requireBoundOffering(bindingWith({ other: 1 }, { offering }))).toEqual(offering);
    expect(requireBoundOffering(bindingWith({ offering }, { offering: { ...offering } }))).toEqual(offering);
  });

  it('is refused when the plan names none, another one, or two', () => {
    expect(() => requireBoundOffering(bindingWith({}))).toThrow(stale);
    expect(() => requireBoundOffering(bindingWith({ offering: { ...offering, id: 'other' } }))).toThrow(stale);
    expect(() => requireBoundOffering(bindingWith({ offering }, { offering: { ...offering, mediaSource: { kind: 'share', location: '\\\\evil' } } }))).toThrow(stale);
    const restore = bindingWith({ offering });
    expect(() => requireBoundOffering({ ...restore, intent: { capability: 'winre.session.enter', tenantId: 't', device: { id: 'd', enrolmentEpoch: 'e' } } })).toThrow(stale);
  });
});
