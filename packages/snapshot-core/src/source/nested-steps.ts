/** Steps of something inside, to be walked before what comes next outside. */
export class Inside<T> {
  readonly steps: Nested<T>;

  constructor(steps: Nested<T>) {
    this.steps = steps;
  }
}

/** A walk that goes inside things by yielding `Inside`. */
export type Nested<T> = AsyncGenerator<T | Inside<T>>;

/**
 * Walks nested steps in order, with a stack of its own: delegating (`yield*`) would go through every level for each step, and end at the limit of the call
 * stack in a tree that is a few hundred levels deep. Ending early closes all levels, innermost first; so does an error inside, which the levels around it do not
 * get to see.
 *
 * @param beforeClosing awaited in both cases while what the levels hold is still open; not after the last step. An error of it takes the place of the first one
 */
export async function* flattenSteps<T>(root: Nested<T>, beforeClosing: () => Promise<void> = async () => {}): AsyncGenerator<T> {
  const open = [root];
  try {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const step = await top.next();
      if (step.done === true) open.pop();
      else if (step.value instanceof Inside) open.push(step.value.steps);
      else yield step.value;
    }
  } finally {
    try {
      if (open.length > 0) await beforeClosing();
    } finally {
      for (const steps of open.toReversed()) await steps.return(undefined);
    }
  }
}
