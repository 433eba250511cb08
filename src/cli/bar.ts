/** Progress bars that fit into a terminal of any width. */
import type { Options, Params } from "cli-progress";

/** Characters of a bar: as many as there is room for. */
const LENGTH = { least: 5, most: 30 };
const [DONE, OPEN] = ["\u2588", "\u2591"];

/**
 * A bar, how much is done, and of `more` what fits; one column is left, since some terminals wrap when the last one is
 * written.
 */
export function barLine({ progress, value, total, maxWidth = 80 }: Params, what: string, more: readonly string[]) {
  const room = maxWidth - 1;
  const parts = [` ${value}/${total} ${what}`, ...more.map((one) => ` | ${one}`)];
  const lengthOf = (count: number) => parts.slice(0, count).join("").length;
  let count = parts.length;
  while (count > 1 && 1 + LENGTH.least + lengthOf(count) > room) count--;
  const length = Math.max(0, Math.min(LENGTH.most, room - 1 - lengthOf(count)));
  const done = Math.round(progress * length);
  return ` ${DONE.repeat(done)}${OPEN.repeat(length - done)}${parts.slice(0, count).join("")}`.slice(0, room);
}

/** What is left, in words; nothing before something was done: then it is not known. */
export function timeLeft({ value, eta }: Params): string[] {
  if (value === 0 || !Number.isFinite(Number(eta))) return [];
  const seconds = Math.round(Number(eta));
  if (seconds < 60) return [`${seconds} s left`];
  const minutes = Math.round(seconds / 60);
  return [minutes < 60 ? `${minutes} min left` : `${Math.floor(minutes / 60)} h ${minutes % 60} min left`];
}

/** Options of all bars. `linewrap`: what is printed above a bar is as long as it is. */
export function barOptions(stream: NodeJS.WriteStream, format: Options["format"]): Options {
  return { stream, format, linewrap: true, hideCursor: true, clearOnComplete: true, gracefulExit: false };
}
