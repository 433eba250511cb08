/** The batches of the peers beside C: the same gradient first, then a time for each. */
import { expect, test } from "@jest/globals";
import { runPeersBench } from "../../bench/peers.js";

test("C, where there is a compiler, computes the gradient of the batches; they are timed without it", async () => {
  const { machine, notes, agreement, sides, ratio } = await runPeersBench(true);
  const references = machine.compiler ? ["c", "c-native"] : [];
  expect(sides.map(({ side }) => side)).toEqual([...references, "batches"]);
  for (const { nanoseconds } of sides) expect(nanoseconds.median).toBeGreaterThan(1e4);
  expect(agreement.map(({ side }) => side)).toEqual(references);
  for (const { error } of agreement) expect(error).toBeLessThan(1e-5);
  if (machine.compiler) expect(ratio).toBeGreaterThan(0);
  else expect(notes[0]).toMatch(/^no C reference: gcc is not here \(on Debian: apt-get install gcc\)/);
});
