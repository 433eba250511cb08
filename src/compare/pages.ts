/** Figure and table on disk: compare.html, which needs nothing else, and compare.md. */
import { readFile } from "node:fs/promises";
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import { codeOf, writeAtomically } from "../files.js";
import { renderPage } from "./figure.js";
import { type Group, labelOf, type Origin, type Study } from "./study.js";
import { failureLines, fullRows } from "./table.js";

/** From this heading on compare.md belongs to its readers: it is kept when the page is written anew. */
const REMARKS = "## Remarks";

/** Writes both; the paths. */
export async function writePages(
  out: string,
  study: Study,
  groups: readonly Group[],
  origin: Origin,
): Promise<string[]> {
  const html = join(out, "compare.html");
  const markdown = join(out, "compare.md");
  await writeAtomically(html, renderPage(study, groups, origin));
  await writeAtomically(markdown, renderMarkdown(study, groups, origin) + (await remarksIn(markdown)));
  return [html, markdown];
}

async function remarksIn(path: string): Promise<string> {
  try {
    const text = await readFile(path, "utf8");
    const at = text.indexOf(REMARKS);
    return at < 0 ? "" : `\n${text.slice(at)}`;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  }
}

function renderMarkdown(study: Study, groups: readonly Group[], { command, took }: Origin): string {
  const { seeds, minutes, plants, updates } = study;
  const tables = plants.map((plant) => {
    const [head = [], ...rows] = fullRows(
      study,
      groups.filter((group) => group.plant === plant),
    );
    const lines = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
    return `## Plant \`${plant}\`\n\n${lines.join("\n")}\n`;
  });
  const failures = failureLines(groups);
  const stopped =
    failures.length > 0 ? `\n## Stopped trainings\n\n${failures.map((line) => `- ${line}\n`).join("")}` : "";
  return `# Comparison of update rules

Cost in % of the untrained policy's, against minutes of driving learned from: median (quartiles; worst) of ${seeds.length} seeds, ${seeds[0]} to ${seeds.at(-1)}.
Every rule may learn from ${minutes} minutes. *afresh*: the last policy in a rollout of its own, the same for all rules. *worst ever*: highest cost of any
stretch of any seed. Figure: [compare.html](compare.html).

${updates.map((rule) => `- \`${rule}\`: ${labelOf(rule)}\n`).join("")}
${tables.join("\n")}${stopped}
\`\`\`
${command}
\`\`\`

${took}; ${machine()}. The strict build gives the same numbers on every machine.
`;
}

/** Kind of machine. */
export function machine(): string {
  return `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${platform()} ${arch()}, Node ${process.version}`;
}
