/** Files of a run that grow by lines of JSON: metrics.jsonl and updates.jsonl. */
import { appendFile, readFile } from "node:fs/promises";
import { UserError } from "../errors.js";
import { cannotWrite, codeOf, exists, problemOf, readText, writeAtomically } from "../files.js";

/** Values as lines. */
export function linesOf(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** Adds lines; flushed to disk before it returns. */
export async function appendLines(path: string, values: readonly object[]): Promise<void> {
  try {
    await appendFile(path, linesOf(values), { flush: true });
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** All complete lines, without one that a crash cut off at the end; undefined if there is no such file. */
export async function completeLines(path: string): Promise<string[] | undefined> {
  try {
    return (await readFile(path, "utf8")).split("\n").slice(0, -1);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw new UserError(`cannot read ${path}: ${problemOf(error)}`);
  }
}

/** Adds lines to those that are kept of what a robot drove in vain, unless they are there already. */
export async function keepStopped(path: string, lines: string): Promise<void> {
  if (lines === "") return;
  const text = (await exists(path)) ? await readText(path) : "";
  if (!text.endsWith(lines)) await writeAtomically(path, text + lines);
}
