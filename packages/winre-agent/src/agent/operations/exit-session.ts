import type { PrepareOperation } from './operation-handler.ts';

/** Leaves WinRE. It has succeeded once the system has started and its boot check has passed. */
export const prepareExitSession: PrepareOperation<'winre.session.exit'> = async () => async () => ({ state: 'awaiting-boot', mode: 'service', reason: 'requested' });

/** Starts WinRE. It has succeeded once the agent runs there. */
export const prepareEnterSession: PrepareOperation<'winre.session.enter'> = async () => async () => ({ state: 'awaiting-boot', mode: 'recovery', reason: 'requested' });
