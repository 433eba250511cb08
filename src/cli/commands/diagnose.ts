/** `lapgrad diagnose`: is the model good enough? Its gradient against the one measured by shaking. */
import { join } from "node:path";
import { readCompleteConfig } from "../../config/config.js";
import { type Diagnosis, diagnoseShake } from "../../derivatives/diagnose.js";
import type { Comparison, Verdict } from "../../derivatives/diagnosis.js";
import { diagnosisPage } from "../../derivatives/figure.js";
import { OrdinaryLaps } from "../../derivatives/ordinary-laps.js";
import { diagnoseRecordings } from "../../derivatives/recorded.js";
import { ShakeFolder } from "../../derivatives/shake-folder.js";
import { exists, namesIn, writeAtomically } from "../../files.js";
import { digits, formatTable, type Output, roomOf } from "../../output.js";
import { openRecording } from "../../recording/open.js";
import { readRecording } from "../../recording/reader.js";
import type { Recording } from "../../recording/recording.js";
import { quoted } from "../../shell.js";
import { drivenIn } from "../../training/metrics.js";
import { RunFolder } from "../../training/run-folder.js";
import { path } from "../arguments.js";
import { defineCommand } from "../command.js";

/** What each verdict says, and what to do. */
const WORDS: Readonly<Record<Verdict, string>> = {
  true: "the model tells the truth",
  scale: "the model's gradient has the right direction and the wrong length: let it be fitted, or lower learning-rate",
  sign: "something acts the other way round than the model says: check the wiring, and the signs of its parameters",
  useless: "the model's gradient leads elsewhere than the robot's: let it be fitted, or train with --gradient measured",
  unsure: "it cannot be told: shake longer",
};

/** Rollouts with fewer are single laps, in which nothing but the settling would be seen. */
const LEAST_SEGMENTS = 80;

export default defineCommand({
  describe: "is the model good enough: its gradient against the one measured by shaking",
  args: {
    run: {
      type: path("a run or a shake, e.g. runs/mine"),
      positional: true,
      required: true,
      describe: "a shake, a run with shakes, or recordings: a run without, the authors' JSON[.gz]",
    },
    figure: {
      type: path("a file, e.g. diagnosis.html"),
      describe: "page to write",
      defaultNote: "<shake>/diagnosis.html",
    },
  },
  /** settings of another model than the one that was shaken with */
  settings: ["model", "model-scale", "model-delay", "model-fit", "parameters"],
  examples: {
    "lapgrad diagnose runs/mine": "after lapgrad shake runs/mine",
    "lapgrad diagnose runs/mine/shakes/1 --model-scale 0.25 --no-model-fit": "another model on the same shake",
    "lapgrad diagnose jetracer-hw-train-1.json.gz": "the changes between the rollouts of a training",
  },
  async run({ run, figure, given }, output) {
    const shake = await ShakeFolder.find(run);
    if (!shake) return diagnoseUnshaken(run, output);
    const diagnosis = await diagnoseShake(shake, given);
    const { verdict, all, groups, parts, responses, estimate, minutes } = diagnosis;
    const rows = [all, ...groups, ...parts, ...responses];
    output.say(formatTable(tableOf(rows), roomOf(output)));
    output.say(sentenceOf(diagnosis));
    const page = figure ?? join(shake.path, "diagnosis.html");
    await writeAtomically(page, diagnosisPage(diagnosis, sentenceOf(diagnosis), `lapgrad diagnose ${run}`));
    output.say(`figure: ${page}`);
    output.result({
      run,
      shake: shake.path,
      verdict,
      groups: rows.map(written),
      minutes,
      laps: estimate.laps,
      drift: estimate.drift,
      dead: estimate.dead,
      heldOut: estimate.heldOut,
      figure: page,
    });
    return verdict === "true";
  },
});

function sentenceOf({ verdict, parts, responses, minutes }: Diagnosis): string {
  const useless = parts.flatMap(({ verdict: one }, i) => (one === "useless" ? [`${i + 1}`] : []));
  const where =
    useless.length > 0 && verdict !== "useless"
      ? `; it is useless in part ${useless.join(", ")} of ${parts.length} of the lap`
      : "";
  const reversed = responses.filter(({ verdict: one }) => one === "sign").map(({ name }) => name);
  const what = reversed.length > 0 ? ` (${reversed.join(", ")})` : "";
  return `after ${digits(minutes, 2)} minutes of shaking: ${verdict}: ${WORDS[verdict]}${what}${where}`;
}

/** A run or a file that was not shaken. */
async function diagnoseUnshaken(run: string, output: Output): Promise<boolean> {
  const { recordings, settings } = await recordingsOf(run);
  if (recordings.length === 0) return diagnoseLaps(run, output);
  const found = await diagnoseRecordings(recordings, settings);
  const minutes = recordings.reduce((sum, { times }) => sum + (times.at(-1) ?? 0), 0) / 60;
  output.say(formatTable(tableOf([found]), roomOf(output)));
  output.say(
    `${recordings.length} rollouts, not shaken: ${found.verdict}: ${WORDS[found.verdict]}. ` +
      "One direction per rollout, with whatever else changed",
  );
  output.result({ run, shake: null, verdict: found.verdict, groups: [written(found)], minutes });
  return found.verdict === "true";
}

async function recordingsOf(run: string) {
  if (!(await exists(join(run, "rollouts")))) {
    const { recordings, authors } = await openRecording(run);
    return { recordings, settings: authors?.settings };
  }
  const names = (await namesIn(join(run, "rollouts"))).filter((name) => /^\d+\.mcap$/.test(name)).sort();
  const recordings: Recording[] = [];
  for (const name of names) recordings.push(await readRecording(join(run, "rollouts", name)));
  const segments = Math.min(...recordings.map(({ segmentTimes }) => segmentTimes.length));
  return { recordings: segments < LEAST_SEGMENTS ? [] : recordings, settings: undefined };
}

/** The laps of a drive without stops, in which the policy changed: the model's gradient cannot be told from others. */
async function diagnoseLaps(run: string, output: Output): Promise<boolean> {
  const folder = new RunFolder(run);
  const config = await readCompleteConfig(folder.configPath);
  const metrics = await folder.readMetrics();
  const laps = await OrdinaryLaps.for(config);
  for (const one of metrics) laps?.take(await readRecording(folder.rolloutPath(one.index)), one);
  const responses = laps?.responses() ?? [];
  const verdict: Verdict = responses.some((one) => one.verdict === "sign") ? "sign" : "unsure";
  const minutes = drivenIn(metrics) / 60;
  if (responses.length > 0) output.say(formatTable(tableOf(responses), roomOf(output)));
  output.say(`${metrics.length} laps, not shaken: ${verdict}: ${WORDS[verdict]}: lapgrad shake ${quoted(run)}`);
  output.result({ run, shake: null, verdict, groups: responses.map(written), minutes });
  return false;
}

/** One line of the result: intervals hold 90 %. */
function written({ name, cosine, scale, interval, verdict }: Comparison) {
  return { name, cosine, scale, interval: interval.cosine, scaleInterval: interval.scale, verdict };
}

function tableOf(rows: readonly Comparison[]): string[][] {
  const range = ([low, high]: readonly [number, number]) => `${digits(low, 2)} to ${digits(high, 2)}`;
  return [
    ["model against measured", "cosine", "90 %", "scale", "90 %", "verdict"],
    ...rows.map(({ name, cosine, scale, interval, verdict }) => [
      name,
      digits(cosine, 2),
      range(interval.cosine),
      digits(scale, 2),
      range(interval.scale),
      verdict,
    ]),
  ];
}
