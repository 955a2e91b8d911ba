// Runs as a worker: looks ids up in a shared index while another thread fills it, and answers with what was wrong.
import { createHash } from 'node:crypto';
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { SharedIndexView, type SharedIndexHandle } from '../../src/chunk-index/shared-index.ts';

/** What the writer says: everything below `count` is in the index that `handle` opens. */
export interface IndexAnnouncement {
  readonly count: number;
  readonly isLast: boolean;
  readonly handle?: SharedIndexHandle;
}

/** What the reader found. */
export interface IndexReaderReport {
  readonly lookUps: number;
  readonly wrong: number;
  readonly missing: number;
  readonly ahead: number;
}

/** The id that entry `n` goes under; its location is `n >> 8` and `n & 255`. */
export function nthId(n: number): Uint8Array {
  return createHash('sha256').update(`${n}`).digest();
}

function run(port: MessagePort, view: SharedIndexView): IndexReaderReport {
  let [lookUps, wrong, missing, ahead, announced] = [0, 0, 0, 0, 0];
  const isFound = (n: number): boolean => {
    lookUps++;
    return view.visit(nthId(n), (packOrdinal, objectOrdinal) => {
      if (packOrdinal === n >> 8 && objectOrdinal === (n & 255)) return true;
      wrong++;
      return false;
    });
  };
  for (let step = 0; ; step++) {
    const message = receiveMessageOnPort(port)?.message as IndexAnnouncement | undefined;
    if (message) {
      if (message.handle) view.follow(message.handle);
      for (let n = announced; n < message.count; n++) if (!isFound(n)) missing++;
      announced = message.count;
      if (message.isLast) break;
    }
    // Known ones, those being written right now, and ones that never come.
    if (announced > 0 && !isFound((step * 7_919) % announced)) missing++;
    if (isFound(announced + (step % 2_000))) ahead++;
    if (isFound(1_000_000_000 + step)) wrong++;
  }
  return { lookUps, wrong, missing, ahead };
}

const owner = parentPort;
if (owner && workerData) {
  const { port, handle } = workerData as { port: MessagePort; handle: SharedIndexHandle };
  owner.postMessage(run(port, SharedIndexView.attach(handle)), []);
}
