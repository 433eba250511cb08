/** Numbers of jobs as text, and jobs in blocks. */
import { UserError } from "../errors.js";

const ALLOWED = "a number from 0, a range, or several: 7, 20..39, 3,8,20..39";

/** The numbers that `3,8,20..39` names, each once, in order. `count`: of the jobs that there are. */
export function indicesIn(text: string, count: number, name: string): number[] {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(part.trim()) ?? [];
    if (from === undefined) throw new UserError(`${name} is ${text}; allowed is ${ALLOWED}`);
    if (Number(to) < Number(from) || Number(to) >= count)
      throw new UserError(`${name} is ${text}; the plan has the jobs 0..${count - 1}, and a range grows`);
    for (let index = Number(from); index <= Number(to); index++) found.add(index);
  }
  return [...found].sort((a, b) => a - b);
}

/** The text that names these numbers, which grow. */
export function indicesText(indices: readonly number[]): string {
  const parts: string[] = [];
  for (let first = 0; first < indices.length; ) {
    let last = first;
    while (indices[last + 1] === indices[last] + 1) last++;
    parts.push(first === last ? `${indices[first]}` : `${indices[first]}..${indices[last]}`);
    first = last + 1;
  }
  return parts.join(",");
}

/** Cut into pieces of at most so many. */
export function piecesOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}
