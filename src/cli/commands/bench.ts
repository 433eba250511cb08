/** `lapgrad bench`: the performance table. */
import { type ArgumentType, flag } from "../arguments.js";
import { defineCommand } from "../command.js";

const words: ArgumentType<readonly string[]> = { label: "string", parse: (given) => given.split(" ").filter(Boolean) };

export default defineCommand({
  describe: "measure the core against C++ and plain JavaScript, side by side",
  args: {
    quick: { type: flag, describe: "fewer repetitions" },
    peers: { type: flag, describe: "the batches of learning peers against C instead" },
    nativeFlags: {
      type: words,
      describe: "compiler flags behind the C++ reference's own (write --native-flags=-m…)",
    },
  },
  examples: {
    "lapgrad bench": "the performance table",
    "lapgrad bench --peers": "a critic's step against C in vectors as wide as WebAssembly's",
  },
  async run({ quick = false, peers = false, nativeFlags = [] }, output) {
    if (peers) {
      const { formatPeersBench, runPeersBench } = await import("../../../bench/peers.js");
      const report = await runPeersBench(quick);
      output.say(formatPeersBench(report));
      output.result(report);
      return;
    }
    const { formatBench, runBench } = await import("../../../bench/suite.js");
    const report = await runBench({ quick, nativeFlags });
    output.say(formatBench(report));
    output.result(report);
  },
});
