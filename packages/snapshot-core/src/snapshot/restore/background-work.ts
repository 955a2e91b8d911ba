/** Work that goes on while more is started. The first failure is kept and thrown to whoever starts or waits next. */
export class BackgroundWork {
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly cause: unknown } | undefined;

  /** Starts work at once. */
  start(work: () => Promise<void>): void {
    const running = this.#run(work);
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  /** Resolves when fewer than `limit` are under way. @throws the first failure */
  async waitForRoom(limit: number): Promise<void> {
    this.throwIfFailed();
    while (this.#running.size >= limit) {
      await Promise.race(this.#running);
      this.throwIfFailed();
    }
  }

  /** Resolves when nothing is under way, whatever that starts included. @throws the first failure */
  async settle(): Promise<void> {
    await this.end();
    this.throwIfFailed();
  }

  /** The same, and leaves failures to whoever asks for them. */
  async end(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure ??= { cause: error };
    }
  }
}
