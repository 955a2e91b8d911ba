import type { ActionState } from '@microsoft/microsoft-graph-types';
import { evolvable } from '../evolvable.ts';

/** How far a remote action has come. There is no operation id in Graph: an action is found again by name and start. */
export const actionState = evolvable(['none', 'pending', 'canceled', 'active', 'done', 'failed', 'notSupported'] satisfies ActionState[]);
