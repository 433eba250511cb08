/** The text of a study, src/reproduce/pages/<name>.md, in the order in which it is read. */
import { fillPage, type PageValues } from "../serve/template.js";
import type { Section, StudyPage } from "./study.js";

/** What a study computes for a section of its text. */
export type SectionContent = Omit<Section, "heading" | "text">;

/** A heading with the name of its section, e.g. `Learning rates {#rates}`. */
const HEADING = /^(.*) \{#(\w+)\}$/;

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
  const [[title, ...intro], ...sections] = fillPage(page, values)
    .split(/^##? /m)
    .slice(1)
    .map((part) => part.split(/\n{2,}/).map((paragraph) => paragraph.trim().replace(/\n(> )?/g, " ")));
  const named = sections.map(([line]) => HEADING.exec(line)?.[2]).join(", ");
  const given = Object.keys(contents).join(", ");
  if (named !== given) throw new Error(`page ${page} has the sections ${named}; the study has contents for ${given}`);
  return {
    title,
    intro: intro.filter(Boolean),
    sections: Object.values(contents).flatMap((content, i) => (content ? [sectionOf(sections[i], content)] : [])),
  };
}

function sectionOf([line, ...paragraphs]: readonly string[], { charts, ...content }: SectionContent): Section {
  const note = paragraphs.find((paragraph) => paragraph.startsWith("> "))?.slice(2);
  if (note && !charts) throw new Error(`section "${line}" has a note for charts, but no chart`);
  return {
    heading: line.replace(HEADING, "$1"),
    text: paragraphs.filter((paragraph) => paragraph && !paragraph.startsWith("> ")),
    ...content,
    ...(charts && { charts: note ? charts.map((chart) => ({ ...chart, note })) : charts }),
  };
}
