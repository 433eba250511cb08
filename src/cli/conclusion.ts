/** What is said of a training that has ended: report, summary, result. */
import type { RunConfig } from "../config/schema.js";
import { unitOf } from "../config/units.js";
import { digits, type Output } from "../output.js";
import { writeReport } from "../report/from-run.js";
import { raceLines } from "../report/race-lines.js";
import { quoted } from "../shell.js";
import { beliefText } from "../training/belief.js";
import { remedyOf } from "../training/judgement.js";
import { bestOf, drivenIn, type RolloutMetrics, SLOW } from "../training/metrics.js";
import { modelOf, sureValue, written } from "../training/model-numbers.js";

/** Report, summary and result of a training that has ended. */
export async function conclude(
  path: string,
  config: RunConfig,
  rollouts: readonly RolloutMetrics[],
  wallSeconds: number,
  output: Output,
): Promise<void> {
  const report = rollouts.length > 0 ? (await writeReport(path)).path : null;
  const best = bestOf(rollouts);
  for (const line of summary(rollouts, best, config)) output.say(line);
  const last = rollouts.at(-1);
  const belief = last && beliefText(last, `${unitOf(config)} ${last.index}`);
  if (belief) output.say(belief);
  if (config.race && best) for (const line of await raceLines(path, config, best)) output.say(line);
  const model = fittedModel(rollouts);
  if (model) output.say(model);
  if (report) output.say(`report: ${report}`);
  if (best) output.say(`drive it: lapgrad drive ${quoted(path)}`);
  output.result({
    run: path,
    task: config.task,
    rollouts: rollouts.map(written),
    best: best ? written(best) : null,
    seconds: secondsOf(rollouts),
    driven: drivenIn(rollouts),
    slowSeconds: slowSecondsOf(rollouts),
    believed: belief !== undefined,
    wallSeconds,
    report,
    ...(config.race && { fastest: best ? { index: best.index, lapTime: best.lapTime } : null }),
    complete: rollouts.length >= config.rollouts,
  });
}

/** The model as last fitted, on one line; undefined if none was. */
function fittedModel(rollouts: readonly RolloutMetrics[]): string | undefined {
  const parameters = Object.entries(modelOf({ ...rollouts.at(-1) }));
  if (parameters.length === 0) return undefined;
  return `fitted model: ${parameters.map(([name, parameter]) => `${name} ${sureValue(parameter)}`).join(", ")}`;
}

/** Driving that its rollouts count [s]. */
export function secondsOf(rollouts: readonly RolloutMetrics[]): number {
  return rollouts.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** A pace that was lowered by less than this part is not worth a word. */
const EASED = 0.002;

/** Driving time below pace 0.95 [s]. */
function slowSecondsOf(rollouts: readonly RolloutMetrics[]): number {
  return rollouts.reduce((sum, { slowSeconds }) => sum + slowSeconds, 0);
}

function summary(rollouts: readonly RolloutMetrics[], best: RolloutMetrics | undefined, config: RunConfig): string[] {
  const [first] = rollouts;
  const unit = unitOf(config);
  if (!first || !best) return [`no ${unit} was driven to its end`];
  const stopped =
    rollouts.length < config.rollouts ? ` (stopped: ${rollouts.length} of ${config.rollouts} ${unit}s)` : "";
  const minutes = (secondsOf(rollouts) / 60).toFixed(1);
  const slow = slowSecondsOf(rollouts);
  const slowly = slow > 0 ? [`${slow.toFixed(1)} s of it were driven below pace ${SLOW}`] : [];
  const pace = rollouts.at(-1)?.pace ?? config.pace;
  const part = pace / config.pace;
  const isEased = part < 1 - EASED && part > config["least-pace"] - EASED;
  const eased = isEased ? [`pace ${pace.toFixed(3)} at the end, the cheapest by the model`] : [];
  const [what, of] = config.race ? (["lap time", "lapTime"] as const) : (["window cost", "windowCost"] as const);
  const change = `${digits(first[of])} -> ${digits(best[of])}${config.race ? " s" : ""} (${unit} ${best.index})`;
  const learnt = `${what} ${change} in ${minutes} minutes of driving${stopped}`;
  const isWorse = rollouts.length > 1 && best.index === 1 && !config.race;
  const hint = `no ${unit} was better than the first: ${remedyOf(config)}`;
  return [learnt, ...eased, ...slowly, ...(isWorse ? [hint] : [])];
}
