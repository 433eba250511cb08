/** Trains two laps, exports the policy, and steps it: with types, and nothing but lapgrad. */
import { configure, exportPolicy, loadPolicy, type Settings, train, UserError } from "lapgrad";

declare const console: { log(...values: unknown[]): void }; // with Node's types this line is not needed

const settings: Settings = { plant: "identified", seed: 3 };
console.log("update rule:", configure(settings).update);

let run = "";
const costs: number[] = [];
for await (const event of train(settings, { out: "runs/from-typescript", laps: 2 })) {
  if (event.kind === "start") run = event.run;
  if (event.kind === "rollout") costs.push(event.rollout.windowCost);
}
console.log("costs of the laps:", costs);

const { file } = await exportPolicy(run, { format: "json", timing: "hardware" });
const policy = await loadPolicy(file);
policy.begin();
const command: Float64Array = policy.step([0, 0, 0, Math.PI / 2], 0, true);
console.log(policy.commands, [...command]);

try {
  configure({ seed: -1 });
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.log(error.message);
}
