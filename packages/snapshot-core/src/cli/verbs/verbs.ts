import type { DefineVerb } from '../verb.ts';
import { defineApply } from './apply.ts';
import { defineBackup } from './backup.ts';
import { defineCheck } from './check.ts';
import { defineCompletion } from './completion.ts';
import { defineDelta } from './delta.ts';
import { defineDiff } from './diff.ts';
import { defineForget } from './forget.ts';
import { defineInit } from './init.ts';
import { defineKey } from './key.ts';
import { defineLs } from './ls.ts';
import { definePrune } from './prune.ts';
import { defineRepair } from './repair.ts';
import { defineRestore } from './restore.ts';
import { defineRollback } from './rollback.ts';
import { defineSchedule } from './schedule.ts';
import { defineSnapshots } from './snapshots.ts';

/** All verbs, in the order help shows them. */
export const verbs: readonly DefineVerb[] = [
  defineInit,
  defineBackup,
  defineSnapshots,
  defineLs,
  defineDiff,
  defineRestore,
  defineRollback,
  defineDelta,
  defineApply,
  defineForget,
  definePrune,
  defineCheck,
  defineRepair,
  defineSchedule,
  defineKey,
  defineCompletion,
];
