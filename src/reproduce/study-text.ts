/** The text of a study, src/reproduce/pages/<name>.md, in the order in which it is read. */
import { fillPage, type PageValues } from "../report/template.js";
import type { Section, StudyPage } from "./study.js";

/** What a study computes for a section of its text. */
export type SectionContent = Omit<Section, "heading" | "text">;

/** A heading with the name of its section, e.g. `Learning rates {#rates}`. */
const HEADING = /^(?<heading>.*) \{#(?<name>\w+)\}$/;

/**
 * The page of a study: title and first paragraphs, then its sections with their contents, by name; a section whose
 * content is undefined is left out. Lines of a paragraph are joined. A quoted paragraph is the note of the section's
 * charts.
 * @throws Error if the page has other sections than there are contents, or {@link fillPage} fails
 */
export function studyText(
  study: string,
  values: PageValues,
  contents: Readonly<Record<string, SectionContent | undefined>>,
): Pick<StudyPage, "title" | "intro" | "sections"> {
  const page = `reproduce/${study}.md`;
  const [head, ...rest] = fillPage(page, values)
    .replace(/^# /, "")
    .split(/^## /m)
    .map((part) => part.trim().split(/\n{2,}/));
  const [title, ...intro] = head.map(joined);
  const sections = rest.map(([line, ...paragraphs]) => {
    const { heading, name } = HEADING.exec(line)?.groups ?? {};
    return { heading: heading ?? line, name: name ?? `"${line}" without {#name}`, paragraphs };
  });
  const named = sections.map(({ name }) => name).join(", ");
  const given = Object.keys(contents).join(", ");
  if (named !== given) throw new Error(`page ${page} has the sections ${named}; the study has contents for ${given}`);
  return {
    title,
    intro,
    sections: sections.flatMap(({ heading, name, paragraphs }) => {
      const content = contents[name];
      return content === undefined ? [] : [sectionOf(heading, paragraphs, content)];
    }),
  };
}

function sectionOf(heading: string, paragraphs: readonly string[], content: SectionContent): Section {
  const isNote = (paragraph: string) => paragraph.startsWith("> ");
  const note = joined(paragraphs.filter(isNote).join("\n").replace(/^> /gm, ""));
  const text = paragraphs.filter((paragraph) => !isNote(paragraph)).map(joined);
  if (note === "") return { heading, text, ...content };
  if (content.charts === undefined) throw new Error(`section "${heading}" has a note for charts, but no chart`);
  return { heading, text, ...content, charts: content.charts.map((chart) => ({ ...chart, note })) };
}

const joined = (paragraph: string) => paragraph.replaceAll("\n", " ");
