import fc from 'fast-check';
import { SecretValue } from '../../src/index.ts';
import type { CompileTarget, RecoverySettings, WinreNetwork } from '../../src/windows/index.ts';

const ssid = fc.oneof(
  fc.string({ minLength: 1, maxLength: 32, unit: 'grapheme-ascii' }),
  fc.string({ minLength: 1, maxLength: 8, unit: 'binary' }).filter((text) => new TextEncoder().encode(text).length <= 32),
  fc.constantFrom('.', '..', '*', 'a/b', '%2F', 'Depot & Co', ' padded ', '\ud800', 'Büro'),
);
const key = fc.oneof(
  fc.string({ minLength: 8, maxLength: 63, unit: 'grapheme-ascii' }).map((text) => `canary-${text}`.slice(0, 63)),
  fc.constantFrom('short', 'pässwörter', 'a1'.repeat(32)),
);
const reference = fc.constant({ secret: 'wifi' });
const certificate = { storeName: 'MY', thumbprintSha1: 'a1'.repeat(20) };

const network: fc.Arbitrary<WinreNetwork> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('wifi-wpa2-psk' as const), ssid, key: reference, hidden: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('wifi-wpa3-sae' as const), ssid, key: reference, hidden: fc.boolean(), transition: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('wifi-eap-tls' as const), ssid, clientCertificate: fc.constant(certificate), serverNames: fc.constant<string[]>(['radius.example']) }) },
    ),
    fc.option(key, { nil: undefined, freq: 5 }),
  )
  .map(([profile, text]) => (text === undefined ? { profile } : { profile, key: new SecretValue(text) }));

const remediation = fc
  .record({ cloudRemediation: fc.boolean(), autoRemediation: fc.boolean(), retryIntervalMinutes: fc.integer({ min: 0, max: 4_320 }), timeToRebootMinutes: fc.integer({ min: 1, max: 4_320 }) })
  .map((policy) => ({
    ...policy,
    autoRemediation: policy.cloudRemediation && policy.autoRemediation,
    retryIntervalMinutes: Math.min(policy.retryIntervalMinutes, policy.timeToRebootMinutes),
  }));

const restore = fc.record({
  enabled: fc.boolean(),
  cadenceHours: fc.constantFrom(4, 6, 12, 16, 24),
  retentionHours: fc.constantFrom(4, 6, 12, 16, 24, 72),
  maxDiskBytes: fc.oneof(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 2_040, max: 51_210 }).map((megabytes) => megabytes * 1_048_576)),
});

/** Any settings that the schema takes, good and bad keys and every Wi-Fi kind among them. */
export const arbitrarySettings: fc.Arbitrary<RecoverySettings> = fc.record({ remediation, restore, networks: fc.array(network, { maxLength: 4 }) }, { requiredKeys: [] });

/** Devices of either dialect and of none. */
export const arbitraryTarget: fc.Arbitrary<CompileTarget> = fc
  .tuple(
    fc.constantFrom({ build: 22_631, revision: 9_999 }, { build: 26_100, revision: 4_700 }, { build: 26_100, revision: 8_737 }, { build: 26_200, revision: 8_736 }, { build: 26_200, revision: 8_737 }, { build: 26_300, revision: 1 }),
    fc.constantFrom('home' as const, 'pro' as const, 'enterprise' as const, 'education' as const, 'iot-enterprise' as const, 'other' as const),
    fc.record({ dialect: fc.constantFrom('recovery' as const, 'remote-remediation' as const, 'none' as const), passwordEncryption: fc.constantFrom('ddf-2025-06-30' as const, 'how-to-2025-06-02' as const) }, { requiredKeys: [] }),
  )
  .map(([build, edition, more]) => ({ build, edition, ...more }));
