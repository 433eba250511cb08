/** Figure and table on disk: compare.html, which needs nothing else, and compare.md. */
import { join } from "node:path";
import { writeAtomically } from "../files.js";
import { machine, markdownTable, remarksIn } from "../report/markdown.js";
import { renderPage } from "./figure.js";
import { type Group, labelOf, type Origin, type Study } from "./study.js";
import { failureLines, fullRows } from "./table.js";

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

function renderMarkdown(study: Study, groups: readonly Group[], { command, took }: Origin): string {
  const { seeds, minutes, plants, updates } = study;
  const tables = plants.map((plant) => {
    const rows = fullRows(
      study,
      groups.filter((group) => group.plant === plant),
    );
    return `## Plant \`${plant}\`\n\n${markdownTable(rows)}\n`;
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
