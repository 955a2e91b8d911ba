import { RecoveryError, utf8, type Logger } from '@winre-kit/sdk';
import type { DataCategory, LogChunk, LogWindow } from '../protocol/index.ts';

/** Where the chunks of one boot of one device are. */
interface Intake {
  readonly bootId: string;
  taken: number;
  consumed: number;
  waitingBytes: number;
  readonly waiting: { readonly chunk: LogChunk; readonly deliver: (chunk: LogChunk) => Promise<void> }[];
  draining: Promise<void> | undefined;
}

/** What became of one request's chunks. */
export interface TakenLogs {
  readonly refusedCategories: readonly DataCategory[];
  /** Resolves when nothing waits any more, or when the sink refused a chunk. */
  readonly drained: Promise<void>;
}

/** Takes log chunks no faster than the sink consumes them, and acknowledges only what it has consumed. */
export interface LogIntake {
  window(deviceId: string, bootId: string): LogWindow;
  /** The highest sequence of this boot that was taken. */
  lastTaken(deviceId: string, bootId: string): number;
  /**
   * @throws {RecoveryError} `invalid-argument` when a length is wrong, `resource-exhausted` when the chunks do not fit into the window; nothing was taken
   */
  take(deviceId: string, bootId: string, chunks: readonly LogChunk[], consented: ReadonlySet<DataCategory>, deliver: (chunk: LogChunk) => Promise<void>): TakenLogs;
}

export function createLogIntake(windowBytes: number, logger: Logger): LogIntake {
  const intakes = new Map<string, Intake>();
  const intakeOf = (deviceId: string, bootId: string): Intake => {
    const known = intakes.get(deviceId);
    if (known?.bootId === bootId) return known;
    const fresh: Intake = { bootId, taken: 0, consumed: 0, waitingBytes: 0, waiting: [], draining: undefined };
    intakes.set(deviceId, fresh);
    return fresh;
  };
  const windowOf = (intake: Intake): LogWindow => ({ acknowledgedSequence: intake.consumed, windowBytes: Math.max(0, windowBytes - intake.waitingBytes) });

  const consumeWaiting = async (deviceId: string, intake: Intake): Promise<void> => {
    try {
      for (let head = intake.waiting[0]; head; head = intake.waiting[0]) {
        await head.deliver(head.chunk);
        intake.waiting.shift();
        intake.waitingBytes -= head.chunk.bytes;
        intake.consumed = head.chunk.sequence;
      }
    } catch (cause) {
      // The chunk stays at the head and is offered again with the next request; the device is held back meanwhile.
      logger.log('warn', 'the log sink refused a chunk', { deviceId, reason: cause instanceof Error ? cause.message : 'unknown' });
    }
  };
  const drain = (deviceId: string, intake: Intake): Promise<void> => {
    intake.draining ??= consumeWaiting(deviceId, intake).finally(() => {
      intake.draining = undefined;
    });
    return intake.draining;
  };

  return {
    window: (deviceId, bootId) => {
      const intake = intakeOf(deviceId, bootId);
      void drain(deviceId, intake);
      return windowOf(intake);
    },
    lastTaken: (deviceId, bootId) => intakeOf(deviceId, bootId).taken,
    take(deviceId, bootId, chunks, consented, deliver) {
      const intake = intakeOf(deviceId, bootId);
      for (const [index, chunk] of chunks.entries()) {
        if (utf8(chunk.text).length !== chunk.bytes) throw new RecoveryError('invalid-argument', `logs: chunks.${index}.bytes: expected the length of text in UTF-8`, { fieldPath: `chunks.${index}.bytes` });
        const before = chunks[index - 1];
        if (before && chunk.sequence <= before.sequence) throw new RecoveryError('invalid-argument', `logs: chunks.${index}.sequence: expected more than the one before`, { fieldPath: `chunks.${index}.sequence` });
      }
      const fresh = chunks.filter((chunk) => chunk.sequence > intake.taken);
      const wanted = fresh.filter((chunk) => consented.has(chunk.category));
      const bytes = wanted.reduce((sum, chunk) => sum + chunk.bytes, 0);
      const room = windowOf(intake).windowBytes;
      if (bytes > room) throw new RecoveryError('resource-exhausted', `logs: ${bytes} bytes do not fit into the window of ${room}: wait until more is acknowledged`, { retryAfterMs: 1_000, facts: { windowBytes: room } });
      const refused = new Set<DataCategory>();
      for (const chunk of fresh) {
        intake.taken = chunk.sequence;
        if (consented.has(chunk.category)) {
          intake.waiting.push({ chunk, deliver });
          intake.waitingBytes += chunk.bytes;
        } else {
          refused.add(chunk.category);
          // Thrown away, but acknowledged in its turn.
          intake.waiting.push({ chunk: { ...chunk, text: '', bytes: 0 }, deliver: () => Promise.resolve() });
        }
      }
      return { refusedCategories: [...refused], drained: drain(deviceId, intake) };
    },
  };
}
