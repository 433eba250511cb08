/** Our own files: points, or a shape, with room, speed, direction, scale and place. docs/tracks.md */
import * as v from "valibot";
import { parse } from "yaml";
import { messageOf, UserError } from "../errors.js";
import { shortened } from "../output.js";
import { meantInstead } from "../spelling.js";
import { placed } from "./place.js";
import { shapes } from "./shapes.js";
import type { RawTrack } from "./track.js";

const finite = v.pipe(v.number("a number"), v.finite("a finite number"));
const positive = v.pipe(finite, v.gtValue(0, "a number above 0"));
const pair = v.tuple([finite, finite], "two numbers");
const speedPlan = v.strictObject(
  {
    usage: v.exactOptional(v.pipe(positive, v.maxValue(1.5, "a number up to 1.5"))),
    lateral: v.exactOptional(positive),
    accelerate: v.exactOptional(positive),
    brake: v.exactOptional(positive),
    top: v.exactOptional(positive),
  },
  "a speed in m/s, or usage, lateral, accelerate, brake, top",
);
const file = v.strictObject({
  name: v.optional(v.string("a text")),
  points: v.optional(
    v.array(v.pipe(v.array(finite, "numbers"), v.minLength(2, "x, y, and room if any")), "a list of points [x, y]"),
  ),
  shape: v.optional(v.picklist(Object.keys(shapes), `one of ${Object.keys(shapes).join(", ")}`)),
  radius: v.optional(positive),
  straight: v.optional(positive),
  width: v.optional(
    v.union([positive, v.strictObject({ right: positive, left: positive })], "metres, or right and left"),
  ),
  speed: v.optional(v.union([positive, speedPlan], "a speed in m/s, or usage and limits")),
  direction: v.optional(v.picklist(["forward", "reverse"], "forward or reverse")),
  mirror: v.optional(v.boolean("true or false")),
  scale: v.optional(positive),
  rotation: v.optional(finite),
  origin: v.optional(pair),
  "accept-length": v.optional(v.boolean("true or false")),
});
type File = v.InferOutput<typeof file>;

export function readYaml(name: string, text: string): RawTrack {
  const given = checked(name, parsed(name, text));
  const points = pointsOf(name, given);
  const acceptsLength = given["accept-length"] === true;
  return placed({ ...withRoom(points, given), name: given.name ?? name, acceptsLength }, given);
}

function parsed(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UserError(`${name} is not YAML: ${messageOf(error).split("\n", 1)[0]}`);
  }
}

function checked(name: string, value: unknown): File {
  const result = v.safeParse(file, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = issue.path?.map((item) => String(item.key)).join(".") ?? "";
  const keys = Object.keys(file.entries);
  if (issue.path?.length === 1 && !keys.includes(path))
    throw new UserError(
      `${name} has an unknown key "${shortened(path)}"; ${meantInstead(path, keys)}keys are: ${keys}`,
    );
  const got = shortened(JSON.stringify(issue.input) ?? "nothing");
  throw new UserError(`${name}: ${path || "the file"} is ${got}; allowed is ${issue.message}`);
}

function pointsOf(name: string, given: File): readonly (readonly number[])[] {
  const { shape } = given;
  if (given.points && shape === undefined) return given.points;
  if (given.points || shape === undefined)
    throw new UserError(`${name} must have either points or a shape: points: [[x, y], ...], or shape: oval`);
  const { needs, points } = shapes[shape];
  const lengths: Readonly<Record<string, number | undefined>> = { radius: given.radius, straight: given.straight };
  const missing = needs.find((need) => lengths[need] === undefined);
  if (missing) throw new UserError(`${name}: the shape ${shape} needs ${needs.join(" and ")}; ${missing} is missing`);
  return points(lengths as Readonly<Record<string, number>>);
}

/** Points of two numbers, or of four, with room to the right and left, or of five, with a speed too. */
function withRoom(points: readonly (readonly number[])[], { width, speed }: File): Omit<RawTrack, "name"> {
  const column = (i: number) => points.map((point) => point[i]);
  const columns = Math.min(...points.map((point) => point.length));
  const sides = typeof width === "number" ? { right: width, left: width } : width;
  const all = (value: number) => points.map(() => value);
  const room =
    columns >= 4 ? { right: column(2), left: column(3) } : sides && { right: all(sides.right), left: all(sides.left) };
  const wanted = typeof speed === "number" ? { constant: speed } : speed;
  return {
    x: column(0),
    y: column(1),
    ...room,
    ...(columns >= 5 && { speed: column(4) }),
    ...(wanted && { wanted }),
  };
}
