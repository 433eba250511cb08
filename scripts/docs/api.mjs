/** The declarations of docs/api.md, which lie between markers on the page, from the docstrings of src/api. */
import { declarations } from "../api-types.mjs";
import { between } from "./markers.mjs";

/** Types of the library whose many lines say nothing that another page does not say with more. */
const ELSEWHERE = { Settings: "Every setting by its name: [configuration](configuration.md)." };

/** What a docstring says: its text, and what is thrown. */
function said(docs = "") {
  const lines = docs.split("\n").map((line) => line.replace(/^\s*\*+ ?/, ""));
  const text = lines
    .join(" ")
    .replace(/\s+/g, " ")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .trim();
  const [what, ...thrown] = text.split("@throws ");
  return [what, ...thrown.map((one) => `Throws ${one.trim()}.`)].map((one) => one.trim()).filter((one) => one !== "");
}

/** Prose in lines of at most 120 columns. */
function wrapped(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last] !== "" && lines[last].length + word.length >= 120) lines.push(word);
    else lines[last] += lines[last] === "" ? word : ` ${word}`;
  }
  return lines.join("\n");
}

function section({ name, docs, text }) {
  const own = text
    .replace(/^declare /, "")
    .replaceAll("readonly ", "")
    .replaceAll(" | undefined;", ";")
    .replaceAll("    ", "  ");
  const code = ELSEWHERE[name] ?? `\`\`\`ts\n${own}\n\`\`\``;
  return [`### ${name}`, ...said(docs).map(wrapped), code].join("\n\n");
}

export function apiPage() {
  const all = declarations();
  const isType = ({ node }) => /^TS(Interface|TypeAlias)/.test(node.type);
  const list = (some) => `\n${some.map(section).join("\n\n")}\n`;
  return between("docs/api.md", {
    functions: list(all.filter((one) => one.isExported && !isType(one))),
    types: list(all.filter((one) => one.isExported && isType(one))),
    parts: list(all.filter((one) => !one.isExported)),
  });
}
