/** What a command's arguments can be, and what their texts mean. Small, as it is loaded for every command. */
import { oneOf, UserError } from "../errors.js";

/** A type of value: what help calls it, and what a text means. */
export interface ArgumentType<T> {
  readonly label: string;
  /** it is given without a value */
  readonly isFlag?: true;
  /** all that it may be, for a shell that completes words */
  readonly choices?: readonly string[];
  /** The value that `text` means; throws a {@link UserError} that begins with `name` if that is not allowed. */
  parse(text: string, name: string): T;
}

export interface Argument<T = unknown> {
  readonly type: ArgumentType<T>;
  readonly describe: string;
  readonly positional?: true;
  readonly required?: true;
  /** several values */
  readonly list?: true;
  /** an option that may stand without a value, which then is "" */
  readonly valueOptional?: true;
  readonly default?: T;
  /** what help says of a default that is not a constant */
  readonly defaultNote?: string;
  /** another option that says the same in other words: only one of them may be given */
  readonly insteadOf?: string;
}

/** Arguments by name: `initialState` is the option `--initial-state`. */
export type ArgumentTable = Readonly<Record<string, Argument>>;

type Value<A> = A extends { type: ArgumentType<infer T> } ? (A extends { list: true } ? readonly T[] : T) : never;
type Given<A> = { [K in keyof A]: A[K] extends { required: true } | { default: unknown } ? K : never }[keyof A];

/** The values of a table's arguments; one that is neither required nor has a default may be absent. */
export type Arguments<A> = { readonly [K in Given<A>]: Value<A[K]> } & {
  readonly [K in Exclude<keyof A, Given<A>>]?: Value<A[K]>;
};

export const text: ArgumentType<string> = { label: "string", parse: (given) => given };

/** False unless it is given. */
export const flag: ArgumentType<boolean> = { label: "boolean", isFlag: true, parse: (given) => given === "true" };

/** A path; `what` it leads to, with an example. */
export function path(what: string): ArgumentType<string> {
  return {
    label: "path",
    parse(given, name) {
      if (given !== "") return given;
      throw new UserError(`${name} is empty; allowed is ${what}`);
    },
  };
}

/** A number for which `isAllowed`; `allowed` says which ones are. */
export function number(allowed: string, isAllowed: (value: number) => boolean): ArgumentType<number> {
  return {
    label: "number",
    parse(given, name) {
      const value = parseNumber(given);
      if (typeof value === "number" && isAllowed(value)) return value;
      throw new UserError(`${name} is ${given}; allowed is ${allowed}`);
    },
  };
}

export function wholeNumber(least: number): ArgumentType<number> {
  return number(`a whole number of ${least} or more`, (value) => Number.isSafeInteger(value) && value >= least);
}

export function choice<const T extends string>(...choices: readonly T[]): ArgumentType<T> {
  return { label: choicesLabel(choices), choices, parse: (given, name) => oneOf(given, name, choices) };
}

export function choicesLabel(choices: readonly string[]): string {
  return `choices: ${choices.join(", ")}`;
}

/** A number if it reads as one, otherwise the text itself. */
export function parseNumber(given: string): number | string {
  const value = given.trim() === "" ? Number.NaN : Number(given);
  return Number.isNaN(value) ? given : value;
}

/** `initialState` -> `initial-state`. */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The values of a table's arguments from what was typed, by option name. */
export function valuesOf<A extends ArgumentTable>(table: A, typed: Readonly<Record<string, unknown>>): Arguments<A> {
  const values = Object.entries(table).map(([key, argument]) => {
    const name = optionName(key);
    const { insteadOf } = argument;
    if (insteadOf !== undefined && typed[name] !== undefined && typed[insteadOf] !== undefined)
      throw new UserError(
        `--${name} ${typed[name]} and --${insteadOf} ${typed[insteadOf]} say the same: give only one`,
      );
    return [key, meaningOf(argument, argument.positional ? name : `--${name}`, typed[name]) ?? argument.default];
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function meaningOf({ type, list, valueOptional }: Argument, name: string, typed: unknown): unknown {
  if (Array.isArray(typed)) {
    if (list) return typed.map((given) => type.parse(String(given), name));
    throw new UserError(`${name} is given ${typed.length} times (${typed.join(", ")}): give it once`);
  }
  return typed === undefined || (typed === "" && valueOptional) ? typed : type.parse(String(typed), name);
}
