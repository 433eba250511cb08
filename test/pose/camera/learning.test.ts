/** A simulated car learns by what the camera page sees of it, in a real browser, in lock-step with simulated time. */
import { expect } from "@jest/globals";
import { completeConfig } from "../../../src/config/config.js";
import { RuntimeState } from "../../../src/runtime/states.js";
import { trackOf } from "../../../src/runtime/track.js";
import { coreFor } from "../../../src/session.js";
import { Browser } from "../../support/browser.js";
import { browserTest } from "../../support/browser-test.js";
import { CameraView } from "../../support/camera-view.js";
import { distanceTo, type LyingHost, tryLie } from "../../support/lying-car.js";

/** Steps of a lap. */
const LAP = 280;

browserTest("a car that is seen by the camera page alone learns the figure-8 in its first lap", async () => {
  const browser = Browser.open();
  try {
    const view = await CameraView.open(browser, completeConfig({ seed: 5 }));
    const off: number[] = [];
    const away: number[] = [];
    const core = await coreFor(completeConfig({}), 1, 1);
    const track = trackOf(core);
    const watch = ({ car, shared }: LyingHost) => {
      if (shared.runtimeState !== RuntimeState.driving) return;
      const [x = 0, y = 0] = car.reading.state;
      off.push(Math.hypot(x - car.state[0], y - car.state[1]));
      away.push(distanceTo(track, car.state));
    };
    const { "update-every": every } = completeConfig({});
    const { fault, laps } = await tryLie({
      plant: "identified",
      by: "outside",
      view,
      noise: 0,
      seed: 5,
      laps: 2,
      given: { "update-every": every },
      watch,
    });
    await view.close();
    expect([fault, laps, view.unseen]).toEqual([undefined, 2, 0]);
    expect(view.pictures).toBeGreaterThan((2 * LAP * 0.02 * 20) / 1.1);
    expect(Math.max(...off)).toBeLessThan(0.06);
    // 0.73 m of the untrained car, 0.56 m of the first lap, which begins at rest
    expect(Math.max(...away.slice(-LAP))).toBeLessThan(0.15);
  } finally {
    await browser.close();
  }
});
