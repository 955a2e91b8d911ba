/**
 * Runs a job for each item as it comes, at most `limit` at a time, and yields the answers in the order of the items.
 *
 * The first failure ends it, in its turn. However it ends, every job that was started has ended when it returns.
 */
export async function* runInOrder<Item, Answer>(items: AsyncIterable<Item> | Iterable<Item>, limit: number, run: (item: Item) => Promise<Answer>): AsyncGenerator<Answer, void, undefined> {
  const underWay: Promise<Answer>[] = [];
  try {
    for await (const item of items) {
      const answer = run(item);
      // Whoever waits for an earlier one hears of this failure in its turn.
      answer.catch(() => {});
      underWay.push(answer);
      const first = underWay.length < limit ? undefined : underWay.shift();
      if (first !== undefined) yield await first;
    }
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) yield await next;
  } finally {
    await Promise.allSettled(underWay);
  }
}
