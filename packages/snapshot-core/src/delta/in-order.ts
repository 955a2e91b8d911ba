/**
 * Starts work a few at a time and yields the results in the order of the starts. When one fails, no more are started, and the
 * failure is thrown once nothing runs any more.
 */
export async function* inOrder<T>(starts: Iterable<() => Promise<T>>, atATime: number): AsyncGenerator<T> {
  const running: Promise<T>[] = [];
  try {
    for (const start of starts) {
      const promise = start();
      // It is awaited in its turn; a failure before that must not count as one that nobody handles.
      promise.catch(() => undefined);
      running.push(promise);
      if (running.length >= atATime) yield await (running.shift() as Promise<T>);
    }
    while (running.length > 0) yield await (running.shift() as Promise<T>);
  } finally {
    await Promise.allSettled(running);
  }
}
