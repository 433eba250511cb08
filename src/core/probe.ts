/** A short computation through everything that the core is quick in, by which two modules of it are compared. */
import type { CoreCalls, RegionName } from "./calls.js";

/** Segments, and rollouts, that it needs room for. */
export const PROBE = { segments: 4, rollouts: 2 } as const;

interface Probed extends CoreCalls {
  view(region: RegionName, rollout?: number): Float64Array;
}

/** The bits of a rollout, a gradient, a model rollout and a Gauss-Newton step. */
export function answersOf(core: Probed): Buffer {
  core.seed(20, 23);
  core.initialise();
  const theta = core.view("parameters");
  for (let i = 0; i < theta.length; i++) theta[i] += 0.02 * ((i % 7) - 3); // the last layer begins with zeros
  core.sampleStart(0);
  core.tryRollOut(0, PROBE.segments);
  core.gradient(0, 1);
  const gradient = core.view("gradient").slice();
  core.recordModelError(0);
  core.tryRollOutModel(1, 0, "continuation", PROBE.segments);
  core.solveStep(0, PROBE.rollouts, 1, 1, 2, 0);
  const results = [gradient, core.view("step"), core.view("states"), core.view("states", 1)];
  return Buffer.concat(
    results.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
}
