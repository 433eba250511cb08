/** A car with a PCA9685 whose pose from outside lies: it has no other sensor. */
import type { RunConfig } from "../../src/config/schema.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";
import { coreFor } from "../../src/session.js";
import { VirtualHost } from "../in-the-loop/virtual-host.js";
import { FakePca9685, PCA_CAR } from "./fake-pca9685.js";
import { type Lie, type LieHost, type Measured, tryLie } from "./lying-car.js";

/** Control steps of poses that are kept for lies of delay. */
const KEPT = 32;

class LyingPcaHost extends VirtualHost implements LieHost {
  readonly car: LieHost["car"];
  onStep: (now: number) => void = () => {};

  private constructor(config: RunConfig, fake: FakePca9685, parameters: number) {
    super(config, fake, fake, parameters);
    this.poses = fake;
    let told: Lie | undefined;
    let last: Measured | undefined;
    let held: Measured | undefined;
    const kept: Float64Array[] = [];
    fake.see = (pose) => {
      kept.push(pose);
      if (kept.length > KEPT) kept.shift();
      last = measuredOf(pose, fake.state[2]);
      if (!told || !held) return pose;
      const measured = { ...last };
      told(measured, held);
      // what is late says that it is new
      const { x, y, heading, delay } = measured;
      const old = delay > 0 ? (kept.at(-1 - delay) ?? pose) : Float64Array.of(0, 0, x, y, heading);
      const lying = pose.slice();
      for (const entry of [PoseEntry.x, PoseEntry.y, PoseEntry.heading]) lying[entry] = old[entry];
      return lying;
    };
    this.car = {
      state: fake.state,
      put: () => {},
      get lie() {
        return told;
      },
      set lie(tell: Lie | undefined) {
        if (told === tell) return; // told again at every step
        told = tell;
        held = last;
      },
    };
  }

  static async make(config: RunConfig, plant: string): Promise<LyingPcaHost> {
    const fake = await FakePca9685.make({ plant });
    const core = await coreFor(config, 1, 1, 1);
    return new LyingPcaHost(config, fake, core.parameterCount());
  }

  override async pause(): Promise<void> {
    await super.pause();
    this.onStep(this.board.nowUs / 1e6);
  }
}

function measuredOf(pose: Float64Array, speed: number): Measured {
  const [x, y, heading] = [PoseEntry.x, PoseEntry.y, PoseEntry.heading].map((entry) => pose[entry]);
  return { distance: 0, speed, rate: 0, battery: 11, x, y, heading, delay: 0 };
}

/** Trains with poses that lie from `at` on [s], for so many laps, or until something stops it. */
export function tryPcaLie(plant: string, at: number, tell: Lie, laps: number, seed = 1) {
  return tryLie({
    plant,
    by: "pose",
    noise: 0,
    seed,
    laps,
    lie: { at, tell },
    given: PCA_CAR,
    makeHost: (config) => LyingPcaHost.make(config, plant),
  });
}
