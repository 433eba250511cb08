/** Evaluation on a benchmark: sums of rewards of whole episodes, by the policy without exploration. */
import type { Environment, Progress } from "../peer.js";

/**
 * Mean over `count` episodes whose starts have the seeds from `firstSeed` on; `environment`: not the one trained in.
 */
export function meanReturn(environment: Environment, act: Progress["act"], count: number, firstSeed: number): number {
  let sum = 0;
  for (let episode = 0; episode < count; episode++) {
    let observation = environment.reset(firstSeed + episode);
    for (let isOver = false; !isOver; ) {
      const step = environment.step(act(observation));
      sum += step.reward;
      observation = step.observation;
      isOver = step.terminated || step.truncated;
    }
  }
  return sum / count;
}
