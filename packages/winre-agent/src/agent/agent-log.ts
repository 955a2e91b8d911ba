import type { LogLevel } from '@winre-kit/sdk';

/** The agent's own log. Never give it a secret. */
export type AgentLog = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;
