/** What the camera page saves for lapgrad on the computer that the camera is connected with. */
import * as v from "valibot";
import { UserError } from "../../errors.js";
import { Lens } from "./lens.js";

const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const side = v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(8192));

const path = v.pipe(
  v.string(),
  v.check((given) => given.startsWith("/"), "a path from the root"),
);

const file = v.strictObject({
  /** of the camera, e.g. /dev/video0 */
  device: path,
  /** ffmpeg, where it is not among the programs that are found by their name */
  ffmpeg: v.optional(path),
  /** width and height of the picture [pixel] */
  size: v.strictTuple([side, side]),
  /** {@link Lens} */
  lens: v.pipe(v.array(finite), v.length(Lens.count)),
  /** the car's tag: number, side of its black square and height above the floor [m] */
  tag: v.strictObject({ id: whole, size: positive, height: finite }),
});

export type CameraFile = v.InferOutput<typeof file>;

/**
 * The file that a text is; `name`: of it.
 * @throws UserError if it is none
 */
export function cameraFileOf(text: string, name: string): CameraFile {
  const refuse = (what: string) =>
    new UserError(`${name} ${what}; allowed is what the camera page saves: --pose camera, "Save the calibration"`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse("is no JSON");
  }
  const result = v.safeParse(file, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw refuse(`has ${v.getDotPath(issue) ?? "a whole"} ${issue.received}, not ${issue.expected ?? issue.message}`);
}
