/** What `work` answers for every item, one after the other, so that one core's memory is in use at a time. */
export async function inTurn<T, A>(items: Iterable<T>, work: (item: T, place: number) => Promise<A>): Promise<A[]> {
  const answers: A[] = [];
  for (const item of items) answers.push(await work(item, answers.length));
  return answers;
}

/** 1 to `count`. */
export const seedsTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
