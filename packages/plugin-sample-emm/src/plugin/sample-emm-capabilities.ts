import type { CapabilityDescriptorInput } from '@winre-kit/sdk';
import { sampleEmmPluginId } from './sample-emm-id.ts';

/** How a command reaches a device: the agent's long poll, which the EMM answers the moment there is something. */
const delivery = { mode: 'push' } as const;
const operation = { delivery, cancel: 'before-delivery', dryRun: 'native', idempotency: 'native', maxBatch: 1 } as const;
const write = { level: 'stable', effect: 'write', reversibility: 'reversible' } as const;
const read = { level: 'stable', effect: 'read', reversibility: 'reversible' } as const;

/** What the plug-in can do. The same for every configuration, because the EMM has one edition; what a role or a device lacks is found by `probe` and `capabilitiesFor`. */
export const sampleEmmCapabilities: CapabilityDescriptorInput = {
  plugin: sampleEmmPluginId,
  specVersion: 'v1',
  capabilities: {
    'winre.devices': { ...read, requires: ['devices.read'] },
    'winre.session.detect': { ...read, parameters: { detectionLatencyMs: 1_000 }, requires: ['sessions.read'] },
    'winre.session.logs': { ...read, parameters: { logStreaming: true }, requires: ['sessions.read'] },
    'winre.session.enter': { ...write, parameters: operation, requires: ['operations.start', 'winre-enabled'] },
    'winre.session.exit': { ...write, parameters: operation, requires: ['operations.start', 'session-live'] },
    'winre.script.push': {
      ...write,
      reversibility: 'recoverable',
      parameters: { ...operation, scriptInterpreters: ['cmd', 'powershell', 'sh'], maxScriptBytes: 1_048_576, logStreaming: true },
      requires: ['operations.start', 'session-live', 'payload-trusted', 'interpreter-supported'],
    },
    'winre.package.push': {
      ...write,
      reversibility: 'recoverable',
      parameters: { ...operation, scriptInterpreters: ['cmd', 'powershell', 'sh'], maxPackageBytes: 16 * 1_048_576, logStreaming: true },
      requires: ['operations.start', 'session-live', 'payload-trusted', 'interpreter-supported'],
    },
    'winre.network.configure': {
      ...write,
      parameters: { ...operation, networkKinds: ['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk', 'wifi-wpa3-sae', 'wifi-eap-tls', 'ethernet-eap-tls', 'proxy'] },
      requires: ['operations.start', 'session-live', 'network-kind-supported', 'disconnect-confirmed'],
    },
    'winre.restore.policy': { ...write, parameters: { idempotency: 'native' }, requires: ['policies.write'] },
    'winre.restore.points': { ...read, requires: ['devices.read'] },
    'winre.restore.trigger': {
      level: 'stable',
      effect: 'destructive',
      reversibility: 'recoverable',
      parameters: operation,
      requires: ['operations.start', 'session-live', 'winre-enabled', 'restore-point-intact', 'volume-unlocked', 'free-space', 'power'],
    },
    'winre.rebuild.trigger': {
      level: 'stable',
      effect: 'destructive',
      reversibility: 'irreversible',
      parameters: operation,
      requires: ['operations.start', 'session-live', 'winre-enabled', 'recovery-key-escrowed', 'enrolment-available', 'media-available', 'backup-recent', 'drivers-available', 'network', 'power'],
    },
    'winre.remediation.policy': { ...write, parameters: { idempotency: 'native' }, requires: ['policies.write'] },
    'winre.remediation.test': { ...write, parameters: operation, requires: ['operations.start', 'winre-enabled'] },
    'winre.remediation.outcome': { ...read, requires: ['devices.read'] },
    'winre.keys.escrow': { ...write, reversibility: 'recoverable', parameters: operation, requires: ['keys.read', 'operations.start'] },
    'winre.keys.release': { ...write, reversibility: 'irreversible', parameters: operation, requires: ['operations.start', 'session-live', 'recovery-key-escrowed'] },
    'winre.artifacts': { ...read, requires: ['artifacts.read'] },
  },
};
