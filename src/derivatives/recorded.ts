/**
 * What recordings say of the model that nobody shook for: only the changes from one rollout to the next. The gradient
 * along one times the change of the network's outputs, against the change of the mean cost that came of it; a single
 * direction per pair, and whatever else changed is in it too.
 */
import { UserError } from "../errors.js";
import type { AuthorsFile } from "../recording/authors.js";
import type { Recording } from "../recording/recording.js";
import { modelsFor, predictedChange, replayRun } from "../reproduce/predicted-change.js";
import { uniformFrom } from "../statistics.js";
import { type Comparison, intervalOf, THRESHOLDS, verdictOf } from "./diagnosis.js";

/** Pairs of rollouts from which anything is said. */
const LEAST_PAIRS = 5;
const DRAWS = 2000;

interface Point {
  readonly predicted: number;
  readonly realised: number;
}

/** One training run's rollouts, in their order, each at least a lap behind the window's start. */
export async function diagnoseRecordings(
  recordings: readonly Recording[],
  settings: AuthorsFile["settings"] | undefined,
): Promise<Comparison> {
  if (recordings.length <= LEAST_PAIRS)
    throw new UserError(
      `${recordings.length} rollouts are too few: ${LEAST_PAIRS + 1} or more of one training are needed, or a shake: ` +
        "lapgrad shake",
      1,
    );
  const rollouts = await replayRun(recordings, modelsFor(recordings, "fitted"), "none", settings);
  const points = rollouts.slice(1).map((later, i) => {
    const { bySetpoints, byGains } = predictedChange(rollouts[i], later);
    return { predicted: bySetpoints + byGains, realised: later.cost - rollouts[i].cost };
  });
  return fromPoints("changes between rollouts", points);
}

/** Correlation, not around the means, and predicted per realised, with the scatter of resampled pairs. */
export function fromPoints(name: string, points: readonly Point[]): Comparison {
  const uniform = uniformFrom(1);
  const drawn = Array.from({ length: DRAWS }, () =>
    measuresOf(points.map(() => points[Math.floor(uniform() * points.length)])),
  );
  const own = measuresOf(points);
  const likely = verdictOf(own.cosine, own.scale);
  const agreeing = drawn.filter(({ cosine, scale }) => verdictOf(cosine, scale) === likely).length;
  return {
    name,
    ...own,
    interval: {
      cosine: intervalOf(drawn.map(({ cosine }) => cosine)),
      scale: intervalOf(drawn.map(({ scale }) => scale)),
    },
    verdict: agreeing >= THRESHOLDS.agreement * DRAWS ? likely : "unsure",
  };
}

function measuresOf(points: readonly Point[]): { cosine: number; scale: number } {
  let [pp, pr, rr] = [0, 0, 0];
  for (const { predicted, realised } of points) {
    pp += predicted ** 2;
    pr += predicted * realised;
    rr += realised ** 2;
  }
  return { cosine: pr / Math.sqrt(pp * rr) || 0, scale: pp / pr };
}
