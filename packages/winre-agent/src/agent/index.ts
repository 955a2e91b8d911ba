// The device agent. Adding a line here adds public API.
export { createAgent } from './create-agent.ts';
export type { Agent, AgentConfig } from './create-agent.ts';
export type { AgentLog } from './agent-log.ts';
export type { AgentSettings, AgentSettingsInput } from './agent-settings.ts';
export type { ProgramConfig } from './program-config.ts';
export { offeringLabel } from './restore/snapshot-labels.ts';
export { createSimulatedPlatform } from '../platform/linux/create-simulated-platform.ts';
export { linuxInterpreters } from '../platform/linux/linux-interpreters.ts';
export { linuxProcessRules } from '../platform/linux/linux-process-rules.ts';
export { simulatedPlatformConfigSchema } from '../platform/linux/simulated-platform-config.ts';
export type { SimulatedPlatformConfig } from '../platform/linux/simulated-platform-config.ts';
export { createWindowsPlatform } from '../platform/windows/create-windows-platform.ts';
export type { WindowsPlatformConfig } from '../platform/windows/windows-platform-config.ts';
export type { NetworkAdapter } from '../platform/network-adapter.ts';
export type { Boot, DestructiveEffect, Hardware, InterpreterCommand, Platform, Readiness, RemediationTest } from '../platform/platform.ts';
export type { ProcessRules } from '../platform/process-rules.ts';
export type { RecoveryVolume, VolumeStatus } from '../platform/recovery-volume.ts';
