/** The JSON header of a checkpoint, checked name by name when it is read. */
import * as v from "valibot";
import { UserError } from "../errors.js";

/** Numbers that JSON has not, as they are written. */
const SPECIAL = ["NaN", "Infinity", "-Infinity", "-0"] as const;

/** A number; null is what older versions wrote for one that is not finite. */
const NUMBER = v.pipe(
  v.union([v.number(), v.null(), v.picklist(SPECIAL)], "a number"),
  v.transform((value) => (value === null ? Number.NaN : Number(value))),
);
const COUNT = v.pipe(v.number("a whole number from 0"), v.safeInteger("a whole number from 0"), v.minValue(0));
const TEXT = v.string("a text");
/** valibot's own message would show what it got as it is. */
const OBJECT = "an object";

/** Numbers by name; a name may be any text. */
const numbersByName = <T>(schema: v.GenericSchema<unknown, T>, what: string) =>
  v.pipe(
    v.custom<Record<string, unknown>>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every((number) => v.is(schema, number)),
      `${what} by name`,
    ),
    v.transform((value) =>
      Object.fromEntries(Object.entries(value).map(([name, part]) => [name, v.parse(schema, part)])),
    ),
  );

const RECORDING = v.object({ file: v.pipe(TEXT, v.regex(/^[\w.-]+$/, "the name of a file")), sha256: TEXT }, OBJECT);

/** Of a run, and of a robot of several that learn one policy. */
const DRIVEN = {
  updates: COUNT,
  rollouts: COUNT,
  best: v.object({ rollout: COUNT, windowCost: NUMBER, updates: COUNT, lapTime: v.optional(NUMBER) }, OBJECT),
  firstWindowCost: NUMBER,
  recordings: v.optional(v.array(v.nullable(RECORDING), "a list of files")),
  config: v.optional(v.record(v.string(), v.unknown(), "settings by name")),
};

const HEADER = v.object(
  {
    task: TEXT,
    layers: v.array(COUNT, "a list of widths"),
    update: TEXT,
    ...DRIVEN,
    optimiser: numbersByName(NUMBER, "numbers"),
    robots: v.optional(
      v.record(v.string(), v.object({ ...DRIVEN, isOut: v.boolean("true or false") }, OBJECT), "robots by name"),
    ),
    arrays: numbersByName(COUNT, "lengths"),
  },
  OBJECT,
);

/** All of a checkpoint but its numbers: of the arrays only their lengths. */
type Header = v.InferOutput<typeof HEADER>;

export function encodeHeader(header: object): string {
  return JSON.stringify(header, (_, value: unknown) =>
    typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)) ? textOf(value) : value,
  );
}

function textOf(value: number): string {
  return Object.is(value, -0) ? "-0" : `${value}`;
}

/** @throws UserError that names the file, and what of its header is not as it must be */
export function parseHeader(path: string, text: string): Header {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw wrongHeader(path, "is not JSON");
  }
  const result = v.safeParse(HEADER, header);
  if (result.success) return result.output;
  const [{ path: at = [], message, input }] = result.issues;
  const name = at.map(({ key }) => String(key)).join(".");
  const got = JSON.stringify(input)?.slice(0, 80);
  if (got === undefined) throw wrongHeader(path, `lacks "${name}"`);
  throw wrongHeader(path, `${name ? `has ${got} for "${name}"` : `is ${got}`}; allowed is ${message}`);
}

/** What is said of a header that is not as it must be. */
export function wrongHeader(path: string, what: string): UserError {
  return new UserError(`the header of ${path} ${what}: resume from an earlier checkpoint`);
}
