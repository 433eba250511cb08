/** `lapgrad view`: runs and recordings on a live page, until it is interrupted. */
import { isFleet, robotFolder, robotNames } from "../../fleet/folder.js";
import { tunnelHint } from "../../serve/page.js";
import { path } from "../arguments.js";
import { defineCommand } from "../command.js";
import { untilInterrupted, watchInterrupts } from "../interrupt.js";
import { viewPort } from "../shared.js";

/** Of several robots that learned one policy all, side by side, and then their common curve. */
async function shownOf(run: string): Promise<string[]> {
  if (!(await isFleet(run))) return [run];
  return [...(await robotNames(run)).map((name) => robotFolder(run, name).path), run];
}

export default defineCommand({
  describe: "a run in the browser: as it trains, or afterwards; two runs side by side",
  args: {
    run: {
      type: path("a run, e.g. runs/mine, or a recording, e.g. drive.mcap"),
      positional: true,
      required: true,
      describe: "folder of the run, or a recording",
    },
    with: { type: path("a run, e.g. runs/other"), describe: "another run to compare it with" },
    port: { type: viewPort, describe: "port that is tried first", defaultNote: "8765" },
  },
  examples: {
    "lapgrad view runs/mine": "watch a training, or look at one that is over",
    "lapgrad view runs/mine --with runs/other": "two runs over each other",
  },
  async run(args, output) {
    const { LiveServer } = await import("../../view/live-server.js");
    const { RunFeed } = await import("../../view/run-feed.js");
    const runs = [...(await shownOf(args.run)), ...(args.with === undefined ? [] : [args.with])];
    const feeds = runs.map((run) => new RunFeed(run));
    for (const feed of feeds) await feed.refuseUnlessReadable();
    const interrupt = watchInterrupts();
    const server = new LiveServer(feeds);
    try {
      const address = await server.start(args.port);
      output.say(`live page: ${address}`);
      output.say(`${tunnelHint(address)}; Ctrl-C ends it`);
      output.result({ address });
      await untilInterrupted(interrupt);
    } finally {
      await server.close();
      interrupt.release();
    }
  },
});
