/** Work of many jobs with a progress bar, until they are done or Ctrl-C. */
import type { Output } from "../output.js";
import { barLine, barOptions, timeLeft } from "./bar.js";
import { watchInterrupts } from "./interrupt.js";

/** Does work of so many jobs; `what` they are called beside the bar. */
export async function withProgress<A>(
  total: number,
  output: Output,
  what: string,
  work: (watch: { readonly signal: AbortSignal; readonly onDone: (done: number) => void }) => Promise<A>,
): Promise<A> {
  const interrupt = watchInterrupts();
  const bar = output.terminal ? await startBar(output.terminal, total, what) : undefined;
  const takeAway = () => bar?.stop(); // gives the cursor back, however the process ends
  process.once("exit", takeAway);
  try {
    return await work({ signal: interrupt.signal, onDone: (done) => bar?.update(done) });
  } finally {
    process.off("exit", takeAway);
    takeAway();
    interrupt.release();
  }
}

async function startBar(stream: NodeJS.WriteStream, total: number, what: string) {
  const { default: progress } = await import("cli-progress");
  const bar = new progress.SingleBar(
    barOptions(stream, (_, params) => barLine(params, what, timeLeft(params))),
    progress.Presets.shades_classic,
  );
  bar.start(total, 0);
  return bar;
}
