/** Neutral, direction and dead zone of the motor, with the wheels in the air; (C3), (C4). */
import { digits } from "../../output.js";
import { deadZoneOf, type Level, speedOf } from "../estimates.js";
import type { SetupKind } from "../kinds.js";
import { type Finding, IN_THE_AIR, type Rig, refused, type SetupStep, type StepContext } from "../step.js";

/**
 * Throttle rises in these parts of the range, up to the last; each level lasts [s], of which the end is steady. After a
 * second of counting backwards under throttle our firmware believes its encoder no more.
 */
const RISE = 0.04;
const LEVELS = 8;
const LASTS = 0.9;
const STEADY = 0.5;
/** A wheel that is counted less often stands [1/s]. */
const COUNTS = 5;
/** A smaller dead zone is none. */
const NO_ZONE = 0.02;

const EYES = { f: "forwards", b: "backwards", n: "not at all" } as const;
type Eye = keyof typeof EYES;

/** What happened up to the throttle at which the wheels turned; `eye`: what somebody saw then. */
interface Rising {
  readonly levels: readonly Level[];
  readonly eye: Eye;
  /** steady speed of the last level [m/s]; 0: it stands, as far as it measures */
  readonly speed: number;
}

const QUESTION = "which way did the wheels turn, as the car would have gone?";

/** Levels of throttle of one sign, each higher than the one before, until the wheels turn at two of them. */
async function rising(rig: Rig, sign: 1 | -1, { config, kind }: StepContext): Promise<Rising> {
  const levels: Level[] = [];
  const turns = COUNTS * config["wheel-travel"];
  let turning = 0;
  let eye: Eye = "n";
  for (let level = 0; level <= LEVELS && turning < (kind.hasSensors ? 2 : 1); level++) {
    const throttle = sign * RISE * level;
    const samples = await rig.move({ throttle, steering: 0, seconds: LASTS, room: IN_THE_AIR });
    if (!kind.hasSensors) eye = await rig.ask(`throttle ${digits(throttle, 2)}: ${QUESTION}`, EYES);
    const speed = kind.hasSensors ? speedOf(samples, STEADY, LASTS) : eye === "n" ? 0 : 2 * turns;
    if (Math.abs(speed) > turns) turning++;
    levels.push({ throttle, speed });
    if (turning > 0 && level === 0) break; // at neutral
  }
  if (kind.hasSensors) eye = await rig.ask(QUESTION, EYES);
  const { speed } = levels[levels.length - 1];
  return { levels, eye, speed: turning > 0 ? speed : 0 };
}

const motor: SetupStep = {
  describe: "direction, neutral and dead zone of the motor, wheels in the air",
  meanwhile: (config, kind) => kind.deadZone(config, 0),
  async run(rig, context) {
    await rig.allow("put the car on a box, so that no wheel touches anything: its motor will turn slowly");
    let sign: 1 | -1 = 1;
    let found = await rising(rig, sign, context);
    if (found.levels.length === 1)
      return refused("it turns at neutral", "calibrate the neutral of the motor's controller as its manual says");
    if (found.eye === "n" && found.speed === 0) {
      // a controller whose throttle is reversed may take the first backward pulse for its brake
      sign = -1;
      found = await rising(rig, sign, context);
    }
    const { kind } = context;
    const most = RISE * LEVELS;
    if (found.eye === "n" && found.speed === 0)
      return refused(
        `no turn up to throttle ±${most}`,
        "the motor does not move when asked: check its controller's switch, the battery and the motor's cable",
      );
    if (found.eye === "n")
      return refused("nobody saw it turn", `${kind.counter} counts, and the wheels stand: look again, or check gears`);
    if (found.speed === 0)
      return refused("it turned, uncounted", `${kind.counter} counts nothing: check its sensor and its cable`);
    return judged(found, sign * (found.eye === "f" ? 1 : -1) < 0, context, kind);
  },
};
export default motor;

/** Of wheels that turned, and were counted where anything counts them. */
function judged({ levels, eye, speed }: Rising, isReversed: boolean, context: StepContext, kind: SetupKind): Finding {
  const { config } = context;
  const isMiscounted = kind.hasSensors && speed > 0 !== (eye === "f");
  if (isMiscounted !== (isReversed && kind.countsWithMotor))
    return refused(
      "counted the wrong way round",
      kind.countsWithMotor
        ? "the VESC counts against its motor's direction: run the motor wizard of VESC Tool again"
        : "the encoder counts backwards: swap its wires A and B at the board, then do this step again",
    );
  const zone = deadZoneOf(levels, COUNTS * config["wheel-travel"]);
  const isNone = zone < NO_ZONE;
  const turned = isReversed ? kind.turnMotor(config) : {};
  return {
    value:
      `${isReversed ? "reversed, which is set right" : "forwards"}; stands at neutral; ` +
      `dead zone ${isNone ? "none" : digits(zone, 2)}`,
    ok: true,
    changes: { ...turned, ...kind.deadZone({ ...config, ...turned }, isNone ? 0 : zone) },
  };
}
