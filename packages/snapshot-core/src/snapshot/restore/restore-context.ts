import type { CallOptions } from '../../repository/call-options.ts';
import type { Repository } from '../../repository/repository.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import type { ExtendedAttributes } from '../../source/extended-attributes.ts';
import type { RestoreIssues } from './restore-issues.ts';
import type { RestoreTally } from './restore-tally.ts';

/** What all parts of one restore share. */
export interface RestoreContext {
  readonly repository: Repository;
  /** The repository's own folder, by file id: never written into. */
  readonly repositoryId: string | undefined;
  readonly root: DirectoryHandle;
  readonly attributes: ExtendedAttributes;
  readonly overwrite: boolean;
  readonly call: CallOptions;
  readonly tally: RestoreTally;
  /** The tally's. */
  readonly issues: RestoreIssues;
}
