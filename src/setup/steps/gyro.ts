/** Direction of the gyro: the car is turned to the left by hand; (C2). */
import { DEGREE } from "../../angles.js";
import { wayOf } from "../estimates.js";
import { refused, type SetupStep } from "../step.js";

/** What a quarter turn must show at least, and at most [rad]. */
const LEAST = 55 * DEGREE;
const MOST = 125 * DEGREE;

const gyro: SetupStep = {
  describe: "direction of the gyro, by turning the car",
  async run(rig, { config, kind }) {
    const turnless = kind.turnless(config);
    if (turnless !== undefined) return refused("there is none", turnless);
    const { samples } = await rig.hear("turn the car by a quarter turn to the left, on its place, by hand");
    const { turn } = wayOf(samples);
    const value = `${Math.round(turn / DEGREE)}° of 90° to the left`;
    if (!(Math.abs(turn) >= LEAST && Math.abs(turn) <= MOST))
      return refused(value, "that is no quarter turn: turn it by 90°; the gyro must be fixed, and lie flat");
    if (turn > 0) return { value, ok: true, changes: {} };
    const turned = kind.turnGyro(config);
    if (typeof turned === "string") return refused(value, turned);
    return { value: `${value}: upside down, which is set right`, ok: true, changes: turned };
  },
};
export default gyro;
