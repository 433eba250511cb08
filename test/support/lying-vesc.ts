/** A car whose sensors lie behind a simulated VESC: what motor and gyro tell reaches the gates as bytes. */
import type { RunConfig } from "../../src/config/schema.js";
import { coreFor } from "../../src/session.js";
import { VirtualHost } from "../in-the-loop/virtual-host.js";
import { ELECTRICAL_TRAVEL, FakeVesc } from "./fake-vesc.js";
import { type Lie, type LieHost, lies, type Measured, tryLie } from "./lying-car.js";

/** Lies that motor and gyro of a VESC can tell: its battery is always measured, and its answers carry a number. */
export const vescLies: Readonly<Record<string, Lie>> = Object.fromEntries(
  Object.entries(lies).filter(([name]) => /gyro|encoder/.test(name)),
);

class LyingVescHost extends VirtualHost implements LieHost {
  readonly car: LieHost["car"];
  onStep: (now: number) => void = () => {};

  private constructor(config: RunConfig, fake: FakeVesc, parameters: number) {
    super(config, fake, fake, parameters);
    let told: Lie | undefined;
    this.car = {
      state: fake.state,
      put: () => fake.put(),
      get lie() {
        return told;
      },
      set lie(tell: Lie | undefined) {
        // told again at every step
        if (tell === undefined || told === tell) return;
        told = tell;
        const held = measuredOf(fake.rate, fake.state[2]);
        fake.lie = (sensed) => {
          const measured = measuredOf(sensed.rate, sensed.speed);
          tell(measured, held);
          sensed.rate = measured.rate;
          sensed.speed = measured.speed;
        };
      },
    };
  }

  static async make(config: RunConfig, plant: string, seed: number): Promise<LyingVescHost> {
    const fake = await FakeVesc.make({ plant }, { seed });
    const core = await coreFor(config, 1, 1, 1);
    return new LyingVescHost(config, fake, core.parameterCount());
  }

  override async pause(): Promise<void> {
    await super.pause();
    this.onStep(this.board.nowUs / 1e6);
  }
}

function measuredOf(rate: number, speed: number): Measured {
  return { distance: 0, speed, rate, battery: 11, x: 0, y: 0, heading: 0, delay: 0 };
}

/** Trains through a VESC whose sensors lie from `at` on [s], for so many laps, or until something stops it. */
export function tryVescLie(plant: string, at: number, tell: Lie, laps: number, seed = 1) {
  return tryLie({
    plant,
    by: "wheel",
    noise: 0,
    seed,
    laps,
    lie: { at, tell },
    given: { link: "vesc", "wheel-travel": ELECTRICAL_TRAVEL },
    makeHost: (config) => LyingVescHost.make(config, plant, seed),
  });
}
