/** Clocks of this machine, lent. */
export interface LocalClocks {
  /** Milliseconds since 1970 UTC; may be set at any time. */
  readonly wallMs: () => number;
  /** Never set, but may stand still while the machine sleeps. */
  readonly monotonicMs: () => number;
}

interface Reading {
  readonly serverMs: number;
  readonly wallMs: number;
  readonly monotonicMs: number;
}

const trustedForMs = 60_000;
const clocksAgreeWithinMs = 1_000;
/** What two servers behind one address may differ by. A greater step back is a clock that was set right. */
const serversAgreeWithinMs = 60_000;

/**
 * The server's time without asking the server each time: from the dates of all its answers, carried on by this machine's clocks.
 *
 * Dates have whole seconds, so the latest estimate counts and time does not go back, unless the server's clock was set back by more
 * than a minute. The machine may have slept when its two clocks disagree; then, and a minute after the last answer, nothing is known.
 */
export class ServerClock {
  readonly #clocks: LocalClocks;
  #reading: Reading | undefined;

  constructor(clocks: LocalClocks) {
    this.#clocks = clocks;
  }

  /** Takes in the `Date` header of an answer that has just arrived; what is no date is ignored. */
  observe(dateHeader: string | undefined): void {
    const serverMs = Date.parse(dateHeader ?? '');
    if (Number.isNaN(serverMs)) return;
    const estimateMs = this.#reading === undefined ? undefined : this.#carryOn(this.#reading);
    const now = { wallMs: this.#clocks.wallMs(), monotonicMs: this.#clocks.monotonicMs() };
    const keepEstimate = estimateMs !== undefined && estimateMs > serverMs && estimateMs - serverMs <= serversAgreeWithinMs;
    this.#reading = { serverMs: keepEstimate ? estimateMs : serverMs, ...now };
  }

  /** Whole milliseconds since 1970 UTC, or `undefined` when the server must be asked first. */
  nowMs(): number | undefined {
    if (this.#reading === undefined) return undefined;
    const { wallMs, monotonicMs } = this.#reading;
    const elapsedMs = this.#clocks.monotonicMs() - monotonicMs;
    const isAwake = Math.abs(this.#clocks.wallMs() - wallMs - elapsedMs) <= clocksAgreeWithinMs;
    return isAwake && elapsedMs <= trustedForMs ? Math.floor(this.#carryOn(this.#reading)) : undefined;
  }

  #carryOn({ serverMs, monotonicMs }: Reading): number {
    return serverMs + this.#clocks.monotonicMs() - monotonicMs;
  }
}
