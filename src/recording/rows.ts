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

/** What the messages hold, in the order of their numbers, up to the first that is missing or not whole. */
function* inOrder(messages: readonly Message[] = []): Generator<Record<string, unknown>> {
  for (const [i, message] of messages.toSorted((a, b) => a.sequence - b.sequence).entries()) {
    const values = message.sequence === i ? parse(message) : undefined;
    if (!values) return;
    yield values;
  }
}

/** A single number is a row of one, null (not recorded) a row of none. */
export function rowIn(value: unknown, width: number): number[] | undefined {
  return rowOf(value === null ? [] : Array.isArray(value) ? value : [value], width);
}

interface Field {
  /** key in the message */
  readonly name: string;
  readonly width: number;
  /** where its numbers go */
  readonly list: number[];
}

/**
 * Takes the rows of one kind of messages (steps or segments), as long as each has the expected widths.
 * @param start takes what is particular to the kind; false if it is not as it must be
 * @returns how many were taken
 */
export function takeRows(
  messages: readonly Message[] | undefined,
  most: number,
  fields: readonly Field[],
  start: (values: Record<string, unknown>, index: number) => boolean = () => true,
): number {
  let count = 0;
  for (const values of inOrder(messages)) {
    const rows = fields.map(({ name, width }) => rowIn(values[name], width));
    if (count === most || !rows.every((row) => row !== undefined) || !start(values, count)) break;
    for (const [i, row] of rows.entries()) fields[i].list.push(...row);
    count++;
  }
  return count;
}

/** The events among messages of /events. */
export function takeEvents(messages: readonly Message[] | undefined): DriveEvent[] {
  const events: DriveEvent[] = [];
  for (const values of inOrder(messages)) {
    const event = eventOf(values);
    if (!event) break;
    events.push(event);
  }
  return events;
}
