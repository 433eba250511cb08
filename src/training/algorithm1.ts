/**
 * [W23, Algorithm 1], "Policy Learning with Approximate Physical Models", as a generator. It knows neither disk nor
 * terminal: it yields what happened, and who iterates it does the rest (on-disk.ts: files, judgement, checkpoints;
 * in-memory.ts: studies). It goes on only when asked for the next event: what must be on disk before the next step is,
 * and it can be left at any event.
 */
import { setImmediate } from "node:timers/promises";
import type { Link } from "../links/link.js";
import type { Estimate } from "../rules/definition.js";
import { type DriveEvent, RolloutSource } from "./rollout-source.js";
import type { Training } from "./training.js";

/** What happened, in the order of the algorithm; an estimate is about to become an update. */
export type TrainingEvent =
  | DriveEvent
  | ({ readonly kind: "estimate" } & Estimate)
  /** `completes`: what was learned from were whole rollouts, or ended one */
  | { readonly kind: "update"; readonly completes: boolean };

/**
 * Trains the policy in the core from rollout `driven` + 1 to rollout `last`. Ends early after a drive that was stopped,
 * and after an estimate that is not finite or 0. "line n" is [W23, Algorithm 1, line n].
 */
export async function* algorithm1(
  training: Training, // line 1: T, N, step size, policy
  link: Link,
  driven: number,
  last: number,
): AsyncGenerator<TrainingEvent, void> {
  const { config, core, rule, ruleState } = training;
  const source = new RolloutSource(training, link, driven);
  // line 2: for iterations k = 1, 2, ..., K; those of a run are counted in rollouts
  while (source.index < last) {
    const count = Math.min(config.batch, last - source.index);
    let completes = true;
    // lines 3 and 4: sample N tasks, one for each i = 1, 2, ..., N
    for (let i = 0; i < count; i++) {
      const event = await source.drive(i); // line 5: unroll on the real system
      completes = event.completes;
      yield event;
      if (event.stopped !== undefined) return;
      source.goOn();
    }
    const batch = source.batch();
    await turn();
    const found = rule.estimate(core, batch, ruleState); // line 6: along the trajectories, with (8)
    yield { kind: "estimate", ...found };
    if (!isUsable(found)) return;
    await turn();
    rule.update(core, batch, ruleState, found); // line 7
    yield { kind: "update", completes };
  }
}

/** Whether an update can be made of an estimate, and driven. */
export function isUsable({ loss, norm, hopeless }: Estimate): boolean {
  return Number.isFinite(loss) && norm > 0 && hopeless === undefined;
}

/**
 * Between long computations everything else that waits in this thread has its turn, the heartbeat among it by which a
 * robot knows that it is watched: the first of the two is reached before the timers, the second behind them.
 */
export async function turn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
