/**
 * A fresh process: trains the simulated car in memory, as `lapgrad train` does without being told otherwise, and times
 * every update and the fit in it. node updates-side.js <updates>; prints milliseconds, update by update.
 */
import { completeConfig } from "../src/config/config.js";
import { SimLink } from "../src/links/kinds/sim.js";
import { initialisePolicy } from "../src/session.js";
import { algorithm1 } from "../src/training/algorithm1.js";
import { fits } from "../src/training/fits/fits.js";
import { trainingFor } from "../src/training/training.js";

const updates = Number(process.argv[2]);
const config = completeConfig({ plant: "identified" });
const training = await trainingFor(config);
const { core } = training;
initialisePolicy(core, config.seed);

const fitting: number[] = [];
const kind = fits[core.setup.task.model.kind];
const { fit: fitModel } = kind;
Object.assign(kind, {
  fit: (...given: Parameters<typeof fitModel>) => {
    const begun = performance.now();
    const fitted = fitModel(...given);
    fitting.push(performance.now() - begun);
    return fitted;
  },
});

const updating: number[] = [];
let driven = 0;
for await (const { kind } of algorithm1(training, new SimLink(), 0, Number.POSITIVE_INFINITY)) {
  if (kind === "rollout" || kind === "piece") driven = performance.now();
  if (kind === "update") updating.push(performance.now() - driven);
  if (updating.length === updates) break;
}
console.log(JSON.stringify({ fit: fitting, update: updating }));
