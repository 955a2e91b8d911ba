import type { Intent, PlanBinding } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { permissionToStart, requireNamedSecrets, requireOfferedMedia } from './check-operation.ts';

const target = { tenantId: 'contoso', device: { id: 'd', enrolmentEpoch: 'e' } };
const bindingOf = (intent: Intent, body?: PlanBinding['requests'][number]['body']): PlanBinding => ({
  kind: 'winre-plan/v1', pluginId: 'p', intent, requests: [{ method: 'POST', url: 'https://emm.example', ...(body === undefined ? {} : { body }) }], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null,
});
const offering = { id: 'o', release: 'r', language: 'en', edition: 'e', mediaSource: { kind: 'share' as const, location: 'l' } };
const rebuild: Intent = { capability: 'winre.rebuild.trigger', ...target, offeringId: 'o', attestations: [] };

test('what takes data away, or lets a key out, needs more than starting', () => {
  expect(permissionToStart(bindingOf({ capability: 'winre.session.enter', ...target }))).toBe('operations.start');
  expect(permissionToStart(bindingOf(rebuild))).toBe('operations.start-destructive');
  expect(permissionToStart(bindingOf({ capability: 'winre.keys.release', ...target, sessionId: 's', volumeId: 'c' }))).toBe('operations.start-destructive');
});

test('a rebuild installs only what was approved and is still offered', () => {
  expect(() => requireOfferedMedia(bindingOf(rebuild, { offering }), [offering])).not.toThrow();
  const moved = { ...offering, mediaSource: { kind: 'share' as const, location: 'elsewhere' } };
  for (const refused of [() => requireOfferedMedia(bindingOf(rebuild, { offering }), [moved]), () => requireOfferedMedia(bindingOf(rebuild, { offering }), []), () => requireOfferedMedia(bindingOf(rebuild), [offering])]) {
    expect(refused).toThrow(expect.objectContaining({ code: 'plan-stale' }));
  }
});

test('exactly the secrets that the intent names travel with it', () => {
  const wifi = bindingOf({ capability: 'winre.network.configure', ...target, profile: { kind: 'wifi-wpa2-psk', ssid: 's', key: { secret: 'site' }, hidden: false }, confirmDisconnect: true, rollBackAfterMs: 1_000 });
  expect(() => requireNamedSecrets(wifi, { site: 'v' })).not.toThrow();
  expect(() => requireNamedSecrets(wifi, {})).toThrow(expect.objectContaining({ fieldPath: 'secrets.site' }));
  expect(() => requireNamedSecrets(wifi, { site: 'v', other: 'w' })).toThrow(expect.objectContaining({ fieldPath: 'secrets.other' }));
});
