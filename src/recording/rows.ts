/** Messages of a recording in their order, as far as each is whole and none is missing before it. */
import type { Message } from "./contents.js";
import { type DriveEvent, eventOf } from "./events.js";
import { rowOf } from "./numbers.js";

const decoder = new TextDecoder();

/** The message's JSON object; undefined if it is none. */
function parse(message: Message): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(message.data));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Messages of one topic in their order. */
export interface Ordered {
  readonly messages: readonly Message[];
  /** each has its number, from 0, so that a missing one is noticed */
  readonly isNumbered: boolean;
}

/**
 * The order of a topic's messages: by their numbers, as we write them. Other programs number nothing (all 0), or count
 * over all topics: then by log time.
 * @param expected how many there must be
 * @returns undefined if there are more, or several of one number: messages of more than one recording
 */
export function orderOf(messages: readonly Message[], expected: number): Ordered | undefined {
  const numbers = new Set(messages.map(({ sequence }) => sequence));
  const bySequence = messages.toSorted((a, b) => a.sequence - b.sequence);
  const areAlike = numbers.size === 1 && messages.length > 1;
  const isNumbered = !areAlike && (messages.length < expected || bySequence.every(({ sequence }, i) => sequence === i));
  if (messages.length > expected || (!areAlike && numbers.size < messages.length)) return undefined;
  if (isNumbered) return { messages: bySequence, isNumbered };
  return { messages: bySequence.sort((a, b) => Number(a.logTime - b.logTime)), isNumbered };
}

/** A single number is a row of one; null, or nothing, a row of none: it was not recorded. */
export function rowIn(value: unknown, width: number): number[] | undefined {
  return rowOf(value === null || value === undefined ? [] : Array.isArray(value) ? value : [value], width);
}

interface Field {
  /** key in the message */
  readonly name: string;
  readonly width: number;
  /** where its numbers go */
  readonly list: number[];
}

/** How far messages could be used. */
export interface Taken {
  readonly count: number;
  /** what is wrong with the next one; empty if there is none */
  readonly problem: string;
}

/**
 * Takes the rows of one kind of messages (steps or segments), as long as none is missing and each has the expected
 * widths.
 * @param what one of them is called
 * @param check takes what is particular to the kind; false if it is not as it must be
 * @param wrong what such a one is; empty if it is only the end of what can be used
 */
export function takeRows(
  { messages, isNumbered }: Ordered,
  what: string,
  fields: readonly Field[],
  check: (values: Record<string, unknown>, index: number) => boolean = () => true,
  wrong = "",
): Taken {
  for (const [count, message] of messages.entries()) {
    const behind = `${messages.length - count} of them cannot be used`;
    const stop = (problem: string): Taken => ({ count, problem: `${what} ${count + 1} ${problem}: ${behind}` });
    if (isNumbered && message.sequence !== count)
      return stop(`is missing (the next has the number ${message.sequence})`);
    const values = parse(message);
    if (!values) return stop("is not a JSON object");
    const rows = fields.map(({ name, width }) => rowIn(values[name], width));
    const { name, width } = fields[rows.indexOf(undefined)] ?? {};
    if (name) return stop(`does not have ${width} numbers as "${name}"`);
    if (!check(values, count)) return wrong ? stop(wrong) : { count, problem: "" };
    for (const [i, row] of rows.entries()) fields[i].list.push(...(row ?? []));
  }
  return { count: messages.length, problem: "" };
}

/** The events among messages of /events, up to the first that is missing or none. */
export function takeEvents({ messages, isNumbered }: Ordered): DriveEvent[] {
  const events: DriveEvent[] = [];
  for (const [i, message] of messages.entries()) {
    const values = isNumbered && message.sequence !== i ? undefined : parse(message);
    const event = values && eventOf(values);
    if (!event) break;
    events.push(event);
  }
  return events;
}
