/** Markdown as HTML of the site: formulas as MathML, headings with GitHub's anchors, links as they are told. */
import markdownIt from "markdown-it";
import temml from "temml";
import { anchorOf } from "../docs/anchors.mjs";

const md = markdownIt({ html: true });
const { escapeHtml, unescapeAll } = md.utils;

/** `$…$`, opened before and closed behind something that is no space; a dollar in code is none. */
md.inline.ruler.before("escape", "formula", (state, isSilent) => {
  const found = /^\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)/.exec(state.src.slice(state.pos, state.posMax));
  if (!found) return false;
  if (!isSilent) state.push("formula", "math", 0).content = found[1];
  state.pos += found[0].length;
  return true;
});

/** In a line it may be broken behind a relation, as TeX does. */
const mathOf = (tex, displayMode) =>
  temml.renderToString(tex, { displayMode, throwOnError: true, wrap: displayMode ? "none" : "tex" });

md.renderer.rules.formula = (tokens, i) => mathOf(tokens[i].content, false);

md.renderer.rules.fence = (tokens, i) => {
  const { info, content } = tokens[i];
  if (info.trim() !== "math") return `<pre class="scroll"><code>${escapeHtml(content)}</code></pre>\n`;
  // the number of an equation stands beside it, where a narrow screen does not cut it off
  const [tag, number] = /\\tag\{([^}]*)\}/.exec(content) ?? ["", ""];
  const formula = `<div class="scroll">${mathOf(content.replace(tag, ""), true)}</div>`;
  return `<div class="equation">${formula}${number && `<span>(${escapeHtml(number)})</span>`}</div>\n`;
};
md.renderer.rules.code_block = (tokens, i) =>
  `<pre class="scroll"><code>${escapeHtml(tokens[i].content)}</code></pre>\n`;

md.renderer.rules.table_open = () => '<div class="scroll"><table>\n';
md.renderer.rules.table_close = () => "</table></div>\n";
/** How a column is aligned, as a class in place of markdown-it's style. */
function aligned(tokens, i, options, _, self) {
  const style = tokens[i].attrGet("style");
  if (style) {
    tokens[i].attrs = tokens[i].attrs.filter(([name]) => name !== "style");
    tokens[i].attrSet("class", style.replace("text-align:", ""));
  }
  return self.renderToken(tokens, i, options);
}
md.renderer.rules.th_open = aligned;
md.renderer.rules.td_open = aligned;

/** What a reader sees of a line: its words, without marks, and formulas as they are written. */
const wordsOf = ({ children }) =>
  children
    .map(({ type, content }) => (type === "softbreak" || type === "hardbreak" ? " " : content))
    .join("")
    .trim();

/** Gives each heading an anchor of its own; returns { level, text, anchor } of all. */
function anchored(tokens) {
  const seen = new Map();
  return tokens.flatMap((token, i) => {
    if (token.type !== "heading_open") return [];
    const inline = tokens[i + 1];
    const base = anchorOf(inline.content);
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    const anchor = count === 0 ? base : `${base}-${count}`;
    token.attrSet("id", anchor);
    return [{ level: Number(token.tag.slice(1)), text: wordsOf(inline.children ? inline : { children: [] }), anchor }];
  });
}

/** The text of a page below each heading: [{ anchor, heading, text }]. */
function sections(tokens) {
  const found = [];
  for (const [i, token] of tokens.entries()) {
    if (token.type === "heading_open") found.push({ anchor: token.attrGet("id"), heading: "", text: "" });
    const last = found.at(-1);
    if (last === undefined) continue;
    if (token.type === "fence" && token.info.trim() !== "math") last.text += ` ${token.content}`;
    if (token.type !== "inline") continue;
    if (tokens[i - 1].type === "heading_open") last.heading = wordsOf(token);
    else last.text += ` ${wordsOf(token)}`;
  }
  return found.map((section) => ({ ...section, text: section.text.replace(/\s+/g, " ").trim() }));
}

/** Links and images of a page go where `linked` says; it is given the address in the text, and returns the site's. */
function redirect(tokens, linked) {
  for (const token of tokens) {
    for (const name of ["href", "src"]) {
      const address = token.attrGet?.(name);
      if (address) token.attrSet(name, linked(unescapeAll(address)));
    }
    if (token.type === "html_block" || token.type === "html_inline")
      token.content = token.content.replace(/\b(href|src)="([^"]+)"/g, (_, name, to) => `${name}="${linked(to)}"`);
    if (token.children) redirect(token.children, linked);
  }
}

/** The first sentence of a page's first paragraph. */
function firstSentence(tokens) {
  const at = tokens.findIndex(({ type, level }) => type === "paragraph_open" && level === 0);
  const text = at < 0 ? "" : wordsOf(tokens[at + 1]);
  return /^.*?[.!?:](?=\s|$)/.exec(text)?.[0].replace(/:$/, ".") ?? text;
}

/**
 * A page: { title, says (its first sentence), headings, sections, html }.
 * @throws Error of temml if a formula cannot be read
 */
export function pageOf(text, linked) {
  const tokens = md.parse(text, {});
  const headings = anchored(tokens);
  redirect(tokens, linked);
  const html = md.renderer.render(tokens, md.options, {});
  const title = headings[0]?.text ?? "";
  return { title, says: firstSentence(tokens), headings, sections: sections(tokens), html };
}

export { escapeHtml };
