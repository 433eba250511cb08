/** The live page of a command that drives: `--view`. */
import type { RunConfig } from "../config/schema.js";
import type { Output } from "../output.js";
import { tunnelHint } from "../serve/page.js";
import type { View } from "../view/view.js";
import { type Interrupt, untilInterrupted, watchInterrupts } from "./interrupt.js";

/** As typed. */
export interface Viewing {
  readonly view?: boolean;
  readonly viewPort?: number;
}

/** What a command has of its page. */
export interface LivePage {
  /** undefined: it was not asked for */
  readonly view: View | undefined;
  /** the command's output, whose lines stand in the page's log, too */
  readonly output: Output;
  close(): Promise<void>;
}

/** What is shown: a run's folder or a recording, which need not be there yet, of this configuration. */
export interface Shown {
  readonly path: string;
  readonly config: RunConfig;
  /** further runs beside it */
  readonly others?: readonly Shown[];
}

/** Opens the page if it was asked for, and says where it is; `stop`: what its button does. */
export async function openView(
  { view: isWanted = false, viewPort }: Viewing,
  { path, config, others = [] }: Shown,
  output: Output,
  stop: () => void,
): Promise<LivePage> {
  if (!isWanted) return { view: undefined, output, close: async () => {} };
  const { View } = await import("../view/view.js");
  const failed = (why: string) => output.say(`the live page ended: ${why}; the drive goes on`);
  const view = await View.open({ path, config, others, port: viewPort }, stop, failed);
  output.result({ address: view.address });
  output.say(`live page: ${view.address}`);
  output.say(tunnelHint(view.address));
  const shown: Output = {
    ...output,
    say: (line) => {
      output.say(line);
      view.say(line);
    },
    // beside a bar, lines are not said, only formatted
    format: (line) => {
      view.say(line);
      return output.format(line);
    },
  };
  return { view, output: shown, close: () => view.close() };
}

/** Does `work` with its page open, and closes it; an interrupt ends it as ever. */
export async function whileShown<T>(
  viewing: Viewing,
  shown: Shown,
  output: Output,
  work: (page: LivePage, interrupt: Interrupt) => Promise<T>,
): Promise<T> {
  const interrupt = watchInterrupts();
  try {
    const page = await openView(viewing, shown, output, () => interrupt.stop());
    return await work(page, interrupt).finally(() => page.close());
  } finally {
    interrupt.release();
  }
}

/** Waits with a page that would be gone before anybody has looked, until Ctrl-C or its stop button. */
export async function stayOpen({ view, output }: LivePage, interrupt: Interrupt): Promise<void> {
  if (!view || interrupt.signal.aborted) return;
  output.say("the live page stays until Ctrl-C");
  await untilInterrupted(interrupt);
}
