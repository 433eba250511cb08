/** What pages in Markdown share: tables, the machine, and remarks that outlive a new run. */
import { readFile } from "node:fs/promises";
import { arch, cpus, platform } from "node:os";
import { codeOf } from "../files.js";

/** From this heading on a written page belongs to its readers: it is kept when the page is written again. */
const REMARKS = "## Remarks";

/** The remarks of the page that is there, with an empty line before; empty if there are none. */
export async function remarksIn(path: string): Promise<string> {
  try {
    const text = await readFile(path, "utf8");
    const at = text.indexOf(REMARKS);
    return at < 0 ? "" : `\n${text.slice(at)}`;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  }
}

/** Rows as a table, the first one its headings. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  return [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Kind of machine. */
export function machine(): string {
  return `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${platform()} ${arch()}, Node ${process.version}`;
}
