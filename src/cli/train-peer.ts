/** `lapgrad train --update <peer>`: a peer learns to drive the simulated car, lap by lap; a robot is refused. */
import { join } from "node:path";
import { completeConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import { type SettingName, settings } from "../config/schema.js";
import { UserError } from "../errors.js";
import { createFolder, writeAtomically } from "../files.js";
import { digits } from "../output.js";
import { lapsOf, unitsOf } from "../peers/accounting.js";
import { checkActionSpace } from "../peers/car-environment.js";
import { type Contender, contenders } from "../peers/contenders.js";
import { Evaluation } from "../peers/evaluation.js";
import { choice, text, wholeNumber } from "./arguments.js";
import { defineCommand } from "./command.js";
import { watchInterrupts } from "./interrupt.js";
import { TRAINING, withTask } from "./settings.js";
import { folder } from "./shared.js";

/** A lap that was driven, with the keys that laps of `train --json` have. */
interface PeerLap {
  readonly index: number;
  /** driving before it, and its own [s] */
  readonly start: number;
  readonly seconds: number;
  /** sums of its stage costs, all of which count, and their mean per control step */
  readonly cost: number;
  readonly windowCost: number;
  readonly meanCost: number;
}

export default defineCommand({
  describe: "a peer learns to drive the simulated car",
  args: {
    task: { type: text, positional: true, describe: "what to learn", defaultNote: "car-figure8" },
    update: { type: choice(...Object.keys(contenders)), required: true, describe: "the peer" },
    laps: { type: wholeNumber(1), describe: "whole laps in all" },
    resume: { type: text, valueOptional: true, describe: "refused: a peer keeps nothing to go on with" },
    out: { type: folder, describe: "folder for its metrics", defaultNote: "none is written" },
  },
  settings: TRAINING.filter((name) => name !== "update" && name !== "start-from") as SettingName[],
  examples: { "lapgrad train --update sac --laps 60": "soft actor-critic on the simulated car" },
  async run(args, output) {
    const peer = contenders[args.update];
    const given = withTask(args);
    refuseRobot(peer, given.link ?? settings.link.default);
    if (args.resume !== undefined)
      throw new UserError(`a training of ${peer.name} cannot be resumed: train anew, or by --update gauss-newton`);
    checkActionSpace(given.task ?? settings.task.default);
    if (given.race)
      throw new UserError(`${peer.name} cannot race: it learns at one speed; leave --race out, or --update`);
    const config = completeConfig(given);
    const count = args.laps ?? config.rollouts;
    const evaluation = await Evaluation.load(config);
    const untrained = evaluation.untrained();
    const units = unitsOf(config);
    const percent = (cost: number) => `${digits((100 * cost) / untrained, 3)} % of untrained`;
    output.say(`${config.task} in simulation, plant ${config.plant}, ${peer.name}: ${peer.label}, seed ${config.seed}`);
    const laps: PeerLap[] = [];
    const { signal, release } = watchInterrupts();
    let policy = untrained;
    let driven = 0;
    try {
      for await (const lap of lapsOf(peer.learner(config), units)) {
        if (lap.stopped !== undefined) throw new UserError(`stopped in lap ${laps.length + 1}: ${lap.stopped}`, 1);
        const seconds = units.lapSteps * units.period;
        driven = lap.driven * units.period;
        const cost = lap.cost * units.lapSteps;
        laps.push({
          index: laps.length + 1,
          start: driven - seconds,
          seconds,
          cost,
          windowCost: cost,
          meanCost: lap.cost,
        });
        output.say(`lap ${laps.length}: ${percent(lap.cost)}`);
        if (laps.length < count && !signal.aborted) continue;
        policy = await lap.evaluate(evaluation, driven);
        break;
      }
    } finally {
      release();
    }
    output.say(`its policy without exploration, from five fixed starts: ${percent(policy)}`);
    if (args.out !== undefined) {
      await createFolder(args.out);
      await writeAtomically(join(args.out, "metrics.jsonl"), laps.map((lap) => `${JSON.stringify(lap)}\n`).join(""));
    }
    output.result({
      run: args.out ?? null,
      task: config.task,
      update: peer.name,
      rollouts: laps,
      best: laps.reduce((a, b) => (b.meanCost < a.meanCost ? b : a)),
      seconds: laps.reduce((sum, { seconds }) => sum + seconds, 0),
      driven,
      untrained,
      evaluation: policy,
    });
  },
});

/** What drives a robot must have shown that it does not wreck one. */
function refuseRobot({ name, worstLap }: Contender, link: Parameters<typeof isSimulated>[0]["link"]): void {
  if (isSimulated({ link })) return;
  const shown = worstLap === undefined ? "was not measured" : `cost ${worstLap} % of the untrained policy's`;
  throw new UserError(
    `--update ${name} is refused on link ${link}: its worst lap in simulation ${shown} (docs/results/figure3.md); ` +
      "allowed is --link sim, or a rule of ours, e.g. --update gauss-newton",
  );
}
