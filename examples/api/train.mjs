/** Trains until a lap costs a third of the first, or for six laps; then steps the policy without the trainer. */
import { exportPolicy, loadPolicy, train } from "lapgrad";

const run = "runs/from-javascript";
const enough = new AbortController();
let first;
for await (const event of train({ seed: 3 }, { out: run, laps: 6, signal: enough.signal })) {
  if (event.kind === "remark") console.log(event.text);
  if (event.kind === "rollout") {
    const { index, windowCost, meanSpeed } = event.rollout;
    console.log(`lap ${index}: cost ${windowCost.toFixed(1)}, ${meanSpeed.toFixed(2)} m/s`);
    first ??= windowCost;
    if (windowCost < first / 3) enough.abort();
  }
  if (event.kind === "end") console.log(`best: lap ${event.result.best?.index} of ${event.result.rollouts.length}`);
}

const { file, checks } = await exportPolicy(run, { format: "wasm" });
console.log(`${file}: ${checks?.length} comparisons with the core passed`);
const policy = await loadPolicy(file);
policy.begin();
const state = [0, 0, 0, Math.PI / 2]; // measured: x [m], y [m], v [m/s], phi [rad]
for (let t = 0; t < 3; t++) {
  const time = (t * policy.controlPeriod) % policy.period;
  const command = policy.step(state, time, t % policy.stepsPerSegment === 0);
  console.log(policy.commands.map((name, i) => `${name} ${command[i].toFixed(4)}`).join(", "));
}
