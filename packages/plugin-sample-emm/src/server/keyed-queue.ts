/** Runs work on one key in the order it came, and work on different keys side by side. */
export function createKeyedQueue(): <Value>(key: string, work: () => Promise<Value>) => Promise<Value> {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = tails.get(key) ?? Promise.resolve();
    const running = before.then(work, work);
    tails.set(key, running);
    try {
      return await running;
    } finally {
      if (tails.get(key) === running) tails.delete(key);
    }
  };
}
