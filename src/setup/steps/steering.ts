/** Direction, centre and curvature of the steering: slow circles to both sides, then straight on; (C5), (C6). */
import { UserError } from "../../errors.js";
import { digits } from "../../output.js";
import { type Circle, circleOf, spreadOf, steeringLine, topSpeedOf } from "../estimates.js";
import { type Rig, refused, type SetupStep } from "../step.js";

/** Steering of the circles, and how long each lasts [s]. */
const AT = 0.6;
const LASTS = 7;
/** Room that was asked for to all sides [m]. */
const ROOM = 3;
/** Throttles that are tried until the car moves at this speed [m/s]. */
const THROTTLES = [0.06, 0.09, 0.12, 0.15, 0.19, 0.24, 0.3];
const SLOW = 0.3;
const TRIED_FOR = 2.5;
/** Its fastest piece of this duration counts [s]: a quick car has left its room before the end. */
const PIECE = 0.4;
/** Circles to one side may differ by this part, pieces of one by as much and this [1/m]; the sides by that part. */
const MOST_SPREAD = 0.15;
const PIECES = 0.1;
const MOST_UNEVEN = 0.35;
/** A smaller gain is no steering [1/m]. */
const LEAST_GAIN = 0.1;
const FLOOR = "the floor slopes or is slippery, or a wheel or the gyro is loose: use another floor, or tighten them";

const steering: SetupStep = {
  describe: "centre and curvature of the steering, by slow circles",
  needs: ({ hasSensors }) => (hasSensors ? { "wheel-travel": "travel" } : {}),
  meanwhile: () => ({ "steering-curvature": 0 }),
  async run(rig, { config, kind }) {
    const turnless = kind.turnless(config);
    if (turnless !== undefined) return refused("nothing measures how it turns", turnless);
    await rig.allow(
      `put the car on the floor with ${ROOM} m of room to all sides: it will drive slowly, in circles to both sides; ` +
        "put it back in between if it leaves",
    );
    const { throttle, speed } = await slowThrottle(rig);
    if (speed < -SLOW)
      return refused(
        `${digits(speed, 2)} m/s, backwards`,
        kind.hasSensors
          ? "it drives backwards, or counts so: do the step motor again"
          : "it drives backwards, or its poses look back: step motor; then turn the tag, or --pose-mount 0,0,180",
      );
    if (speed < SLOW)
      return refused(
        `it stands at throttle ${throttle}`,
        "it does not move when asked: check its switch and battery; steps motor and travel find a dead wheel",
      );
    const sides: [left: number[], right: number[]] = [[], []];
    for (const side of [0, 1, 0, 1] as const) {
      const found = await circle(rig, throttle, side === 0 ? AT : -AT);
      const { curvature, spread } = found;
      if (spread > MOST_SPREAD * Math.abs(curvature) + PIECES)
        return refused(`${digits(curvature, 2)} 1/m, its pieces over ${digits(spread, 2)} 1/m`, `uneven: ${FLOOR}`);
      sides[side].push(curvature);
    }
    const [left, right] = sides.map(([first, second]) => (first + second) / 2);
    const { gain, straight } = steeringLine(AT, left, right);
    if (!(Math.abs(gain) >= LEAST_GAIN))
      return refused(
        `${digits(gain, 2)} 1/m at full steering`,
        "steering does not turn it: check the servo and its cable, and that the gyro turns with the car",
      );
    const uneven = sides.find((found) => Math.abs(found[0] - found[1]) > MOST_SPREAD * AT * Math.abs(gain));
    if (uneven)
      return refused(`${uneven.map((value) => digits(value, 2)).join(" and ")} 1/m, twice the same steering`, FLOOR);
    // the line is straight only near its middle: what is left is measured there
    const middle = await circle(rig, throttle, straight);
    const centre = straight - middle.curvature / gain;
    const ways = [left / (AT - centre), right / (-AT - centre)];
    if (spreadOf(ways) > MOST_UNEVEN)
      return refused(
        `${ways.map((way) => digits(way, 2)).join(" and ")} 1/m at full steering, to the left and to the right`,
        "it steers much more to one side: see what stops the wheels on the other",
      );
    if (gain < 0 && !kind.hasSensors)
      return refused(
        `${digits(gain, 2)} 1/m at full steering: it turns to the other side`,
        "do the step servo; if left is left there, the poses are mirrored: their source's z axis points down",
      );
    const moved = kind.centre(config, centre);
    if (typeof moved === "string") return refused(`straight at steering ${digits(centre, 2)}`, moved);
    const turned = gain < 0 ? kind.turnSteering({ ...config, ...moved }) : {};
    const curvature = Number(Math.abs(gain).toPrecision(3));
    return {
      value:
        `${gain < 0 ? "reversed, which is set right; " : ""}it was straight at ${digits(centre, 2)}; ` +
        `${curvature} 1/m at full steering`,
      ok: true,
      changes: { ...moved, ...turned, "steering-curvature": curvature },
    };
  },
};

/** @throws UserError if it did not drive far enough */
async function circle(rig: Rig, throttle: number, at: number): Promise<Circle> {
  for (const more of [1, 1.3, 1.6]) {
    const samples = await rig.move({ throttle: more * throttle, steering: at, seconds: LASTS, room: ROOM });
    const found = circleOf(samples);
    if (found) return found;
  }
  throw new UserError("it did not drive for far enough to tell how it turns: give it more room, or charge it", 1);
}

/** The first throttle at which it drives slowly, or the last one that was tried, and its speed then [m/s]. */
async function slowThrottle(rig: Rig): Promise<{ readonly throttle: number; readonly speed: number }> {
  let found = { throttle: 0, speed: 0 };
  for (const throttle of THROTTLES) {
    const samples = await rig.move({ throttle, steering: 0, seconds: TRIED_FOR, room: ROOM / 2 });
    found = { throttle, speed: topSpeedOf(samples, PIECE) };
    if (Math.abs(found.speed) > SLOW) break;
  }
  return found;
}
export default steering;
