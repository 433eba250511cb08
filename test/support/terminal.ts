/** A command on a pseudo-terminal, which util-linux's `script` makes, and what a person then sees. */
import { spawn } from "node:child_process";
import xterm from "@xterm/headless";

export interface Screen {
  readonly code: number | null;
  /** the lines as they stand there at the end, scrolled ones too; a line that went on below is one */
  readonly lines: readonly string[];
  /** lines that the terminal had to break where its last column was */
  readonly broken: readonly string[];
  /** what stood on the screen's last lines at every change */
  readonly moments: readonly string[];
}

const ROWS = 24;

/**
 * Runs a line of a shell in a folder, on a terminal of so many columns. `type`: what somebody types, told all that was
 * written since they typed last.
 */
export async function onTerminal(
  folder: string,
  columns: number,
  line: string,
  type?: (written: string) => string | undefined,
): Promise<Screen> {
  const words = ["-qec", `stty cols ${columns} rows ${ROWS}; ${line}`, "/dev/null"];
  const child = spawn("script", words, { cwd: folder, stdio: [type ? "pipe" : "ignore", "pipe", "inherit"] });
  let unanswered = "";
  const terminal = new xterm.Terminal({ cols: columns, rows: ROWS, scrollback: 5000, allowProposedApi: true });
  const moments: string[] = [];
  const buffer = terminal.buffer.active;
  const lineAt = (index: number) => buffer.getLine(index)?.translateToString(true) ?? "";
  let written = Promise.resolve();
  child.stdin?.on("error", () => {}); // it may end before it is typed to
  child.stdout?.on("data", (data: Buffer) => {
    unanswered += data.toString();
    const typed = type?.(unanswered);
    if (typed !== undefined) {
      unanswered = "";
      // what is typed before a question is no answer to it
      setTimeout(() => child.stdin?.write(typed), 300);
    }
    written = written
      .then(() => new Promise<void>((resolve) => terminal.write(data, resolve)))
      .then(() => void moments.push(lineAt(buffer.baseY + buffer.cursorY)));
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  await written;
  const lines: string[] = [];
  const broken = new Set<string>();
  for (let i = 0; i < buffer.length; i++) {
    const begun = buffer.getLine(i)?.isWrapped ? lines.pop() : undefined;
    lines.push(begun === undefined ? lineAt(i) : begun.padEnd(columns) + lineAt(i));
    if (begun !== undefined) broken.delete(begun);
    if (begun !== undefined) broken.add(lines[lines.length - 1]);
  }
  return { code, lines, broken: [...broken], moments };
}
