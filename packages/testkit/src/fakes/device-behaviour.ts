import type { ErrorCode } from '@winre-kit/sdk';

/** What a fake device does with an operation that it is given. */
export type DeviceBehaviour =
  /** Acts, and reports delivered, running, verifying and succeeded with evidence. The default. */
  | { readonly kind: 'succeed' }
  /** Acts, and reports that it failed. */
  | { readonly kind: 'fail'; readonly exitCode: number; readonly deviceCode?: string }
  /** Does not act, and reports a failure with this code. */
  | { readonly kind: 'refuse'; readonly code: ErrorCode; readonly message?: string }
  /** Acts and reports running; nothing more until `finish` is called. */
  | { readonly kind: 'stay-running' }
  /** Says nothing any more until `wake`: before it has acted (it acts afterwards), or between acting and reporting. */
  | { readonly kind: 'go-silent'; readonly when: 'before-effect' | 'after-effect' }
  /** Dies before the command is in its ledger, or between acting and reporting. It is up again at the next `hello`, with its ledger. */
  | { readonly kind: 'crash'; readonly when: 'before-ledger' | 'after-effect' }
  /** Acts, then loses ledger and boot id as with a wiped state folder; keeps its key. */
  | { readonly kind: 'lose-state' };
