/** A study's page on disk, <name>.html and <name>.md, and on the screen. */
import { join } from "node:path";
import { writeAtomically } from "../files.js";
import { formatTable } from "../output.js";
import { renderChart } from "../report/chart.js";
import { CURVES, renderDocument } from "../report/document.js";
import { renderKey } from "../report/key.js";
import { machine, markdownTable, remarksIn } from "../report/markdown.js";
import { escapeHtml } from "../report/text.js";
import { VERSION } from "../version.js";
import type { Section, StudyPage } from "./study.js";

/** A study gives its class names the colour --c, of those of {@link CURVES} or its own. */
const STUDY_STYLE = `${CURVES}
.point{stroke:var(--c);stroke-width:5}
table{font-size:13px}th,td{padding:4px 5px}td:last-child{white-space:normal;min-width:5em}`;

/** How the numbers were made. */
export interface Origin {
  readonly command: string;
  readonly seconds: number;
}

/**
 * Writes both files, the HTML one only if there is a chart, and the study's further ones; the paths. Remarks in the
 * Markdown are kept.
 */
export async function writePage(out: string, name: string, page: StudyPage, origin: Origin): Promise<string[]> {
  const figure = page.sections.some(({ charts }) => charts?.length) ? `${name}.html` : undefined;
  const markdown = `${name}.md`;
  const files = {
    ...(figure && { [figure]: renderHtml(page, origin) }),
    [markdown]: renderMarkdown(page, origin, figure) + (await remarksIn(join(out, markdown))),
    ...page.files,
  };
  for (const [file, content] of Object.entries(files)) await writeAtomically(join(out, file), content);
  return Object.keys(files).map((file) => join(out, file));
}

/** The page as lines of text, without its charts. */
export function pageLines(page: StudyPage, room?: number): string[] {
  return [
    page.title,
    ...page.intro,
    ...page.sections.flatMap(({ heading, text = [], table }) => [
      "",
      heading,
      ...text,
      ...(table ? [formatTable(table, room)] : []),
    ]),
  ];
}

/** What stands behind the command. */
function made({ seconds }: Origin): string {
  return `${seconds.toFixed(0)} s on ${machine()}. The strict build gives the same numbers on every machine.`;
}

function renderMarkdown(page: StudyPage, origin: Origin, figure: string | undefined): string {
  const sections = page.sections.map(({ heading, text = [], table }) =>
    [`## ${heading}`, ...text, ...(table ? [markdownTable(table)] : [])].join("\n\n"),
  );
  const link = figure === undefined ? [] : [`Figure: [${figure}](${figure}).`];
  const origins = `\`${origin.command}\`: ${made(origin)}`;
  return `${[`# ${page.title}`, ...page.intro, ...link, ...sections, origins].join("\n\n")}\n`;
}

function renderHtml(page: StudyPage, origin: Origin): string {
  return renderDocument({
    title: page.title,
    style: `${STUDY_STYLE}${page.style ?? ""}`,
    intro: paragraphs(page.intro),
    content: page.sections.map(renderSection).join("\n"),
    footer: `${origin.command}: ${made(origin)} · lapgrad ${VERSION}`,
  });
}

function renderSection({ heading, text = [], table, charts = [], key = [] }: Section): string {
  return `<section><h2>${escapeHtml(heading)}</h2>${paragraphs(text)}
${key.length > 0 ? renderKey(key) : ""}
${charts.map(renderChart).join("\n")}
${table ? renderTable(table) : ""}</section>`;
}

/** Markdown's marks and links are not for this page. */
function paragraphs(text: readonly string[]): string {
  const plain = (line: string) => line.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
  return text.map((line) => `<p>${escapeHtml(plain(line))}</p>`).join("");
}

function renderTable([head, ...rows]: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string) =>
    row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("");
  return `<div class="table" tabindex="0"><table><thead><tr>${cells(head, "th")}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n")}</tbody></table></div>`;
}
