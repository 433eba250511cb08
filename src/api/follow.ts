/**
 * The events of work that goes on while they are read: it does not wait for its reader, because a robot could not.
 * `stop` is called when the reader leaves before the end; the work then ends in its own time, and is waited for.
 */
export async function* follow<T>(
  work: (happened: (event: T) => void) => Promise<void>,
  stop: () => void,
): AsyncGenerator<T, void, undefined> {
  const waiting: T[] = [];
  let wake = () => {};
  let isOver = false;
  const over = work((event) => {
    waiting.push(event);
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  over.catch(() => {}); // it is thrown below
  try {
    while (!isOver || waiting.length > 0) {
      const event = waiting.shift();
      if (event !== undefined) yield event;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    if (!isOver) stop();
    await over;
  }
}
