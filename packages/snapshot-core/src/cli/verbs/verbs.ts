import type { DefineVerb } from '../verb.ts';
import { defineBackup } from './backup.ts';
import { defineCheck } from './check.ts';
import { defineInit } from './init.ts';
import { defineRestore } from './restore.ts';
import { defineSnapshots } from './snapshots.ts';

/** All verbs, in the order help shows them. */
export const verbs: readonly DefineVerb[] = [
  defineInit,
  defineBackup,
  defineSnapshots,
  defineRestore,
  defineCheck,
];
