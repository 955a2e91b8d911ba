import { displayPath } from '../../source/byte-path.ts';
import { maxReportedIssues, type IssueList, type IssueReason, type ItemIssue } from '../item-issue.ts';

interface NumberedIssue {
  readonly step: number;
  readonly path: Uint8Array;
  readonly reason: IssueReason;
  readonly message: string;
}

/** Collects issues of steps that end in any order, and gives them out in the order of the steps, up to a bound. */
export class RestoreIssues {
  readonly reasons = new Set<IssueReason>();
  count = 0;
  #issues: NumberedIssue[] = [];

  /** @param step number of the step that met it */
  add(step: number, path: Uint8Array, reason: IssueReason, message: string): void {
    this.reasons.add(reason);
    this.count += 1;
    this.#issues.push({ step, path, reason, message });
    if (this.#issues.length >= 4 * maxReportedIssues) this.#keepFirst();
  }

  /** The same for one step, as a list of its own. */
  of(step: number): Pick<IssueList, 'add'> {
    return { add: (path, reason, message) => this.add(step, path, reason, message) };
  }

  list(): readonly ItemIssue[] {
    this.#keepFirst();
    return this.#issues.map(({ path, reason, message }) => ({ path, displayPath: displayPath(path), reason, message }));
  }

  #keepFirst(): void {
    this.#issues = this.#issues.toSorted((left, right) => left.step - right.step).slice(0, maxReportedIssues);
  }
}
