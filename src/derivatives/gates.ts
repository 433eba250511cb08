/** Perturbations must stay within what the gates of a robot allow. */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";

/** Points of the track that are looked at. */
const POINTS = 200;

/** Refuses a bound on deviations [m] that leads out of corridor or geofence, where a robot is stopped. */
export function refuseBeyondGates(config: RunConfig, core: Core, bound: number): void {
  const { corridor, geofence } = config;
  const refuse = (what: string) => {
    throw new UserError(`--bound ${bound} m ${what}: the robot would be stopped there; give a smaller --bound`);
  };
  if (bound > corridor / 2) refuse(`is more than half of the corridor of ${corridor} m`);
  if (geofence.length === 0) return;
  const [xLow, xHigh, yLow, yHigh] = geofence;
  const setpoint = core.view("probe");
  const lapTime = core.setup.task.timing.lapTime as number;
  for (let i = 0; i < POINTS; i++) {
    core.nominalSetpoint((i * lapTime) / POINTS);
    const [x, y] = setpoint;
    if (x - bound < xLow || x + bound > xHigh || y - bound < yLow || y + bound > yHigh)
      refuse(`around the track at ${x.toFixed(2)}, ${y.toFixed(2)} m leads out of the geofence ${geofence.join(",")}`);
  }
}
