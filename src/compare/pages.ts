/** Figure and table on disk: compare.html, which needs nothing else, and compare.md. */
import { join } from "node:path";
import { writeAtomically } from "../files.js";
import { machine, markdownTable, remarksIn } from "../report/markdown.js";
import { fillPage } from "../serve/template.js";
import { renderPage } from "./figure.js";
import { labelOf } from "./learner.js";
import type { Group, Origin, Study } from "./study.js";
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
  const failures = failureLines(groups).map((line) => `- ${line}\n`);
  return fillPage("compare/compare.md", {
    seeds: seeds.length,
    firstSeed: seeds[0],
    lastSeed: seeds[seeds.length - 1],
    minutes,
    rules: updates.map((rule) => `- \`${rule}\`: ${labelOf(rule)}`).join("\n"),
    tables: tables.join("\n"),
    stopped: failures.length > 0 ? `\n## Stopped trainings\n\n${failures.join("")}` : "",
    command,
    took,
    machine: machine(),
  });
}
