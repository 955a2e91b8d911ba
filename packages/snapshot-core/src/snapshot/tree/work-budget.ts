/** How much one unit of a tree does before it leaves the rest to others. */
export class WorkBudget {
  #left: number;

  /** @param entries how many small entries; bytes that are read count too */
  constructor(entries: number) {
    this.#left = entries;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  spendEntry(): void {
    this.#left -= 1;
  }

  spendBytes(bytes: number): void {
    this.#left -= bytes / bytesPerEntry;
  }
}

/** Reading so many bytes takes about as long as looking at an entry. */
const bytesPerEntry = 65_536;
