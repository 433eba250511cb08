/** Two rules on one car, two seeds each, with 20 s of driving: a first impression. */
import { compare } from "lapgrad";

const study = { updates: ["gauss-newton", "adam"], plants: ["identified"], seeds: [1, 2], minutes: 1 / 3 };
const { groups } = await compare(study, { onDone: (done) => console.log(`${done} of 4 trainings`) });
for (const { rule, final, failures } of groups) {
  const percent = (100 * final.median).toFixed(1);
  console.log(`${rule}: ${percent} % of the untrained cost, ${failures.length} trainings failed`);
}
