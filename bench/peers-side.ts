/** The batches of the peers as a side of the benchmark: answers commands line by line, like bench/peers/critic.c. */
import { createInterface } from "node:readline";
import { CriticStep } from "./peers-case.js";

const step = new CriticStep();
for await (const line of createInterface({ input: process.stdin })) {
  const [command, , repeats] = line.split(" ");
  if (command === "results") {
    console.log(JSON.stringify(step.results()));
  } else {
    const begun = process.hrtime.bigint();
    for (let i = 0; i < Number(repeats); i++) step.run();
    console.log(JSON.stringify({ nanoseconds: Number(process.hrtime.bigint() - begun) }));
  }
}
