/**
 * One self-contained page: no network, no file beside it, and one script, with which its charts can be looked at closer
 * (page/explorer.ts) and without which all is there. What every page that is written has around its content. Colours of
 * rollouts are those of Okabe and Ito, which colour-blind readers can tell apart; line widths and dashes differ too.
 * Paper is always light.
 */
import { bundle } from "../serve/bundle.js";
import { hashOf } from "../serve/page.js";
import { readPage } from "../serve/template.js";
import { escapeHtml } from "./text.js";

/**
 * Forbids the page every request, whatever is in it, and every script but its own: it can be passed on without a second
 * thought.
 */
const policyOf = (script: string) => `default-src 'none'; style-src 'unsafe-inline'; script-src '${hashOf(script)}'`;

/** Colours of curves that have nothing to do with rollouts, and lines and bands of the colour --c. */
export const CURVES = `
:root{--blue:#0068a8;--green:#008f6b;--orange:#d55e00;--purple:#b0578d}
@media screen and (prefers-color-scheme:dark){:root{--blue:#56b4e9;--green:#2fc79b;--orange:#f08a3c;--purple:#e08fc0}}
.median{stroke:var(--c);stroke-width:2;fill:none}
.median.dashed{stroke-dasharray:9 5}.median.dotted{stroke-dasharray:1.5 5}
.plot path.band{fill:var(--c);fill-opacity:.12;stroke:none}`;

/** `title` and `footer` are text; `intro` and `content` are HTML; `style`: rules beside those of every page. */
export function renderDocument(page: {
  readonly title: string;
  readonly style?: string;
  readonly intro: string;
  readonly content: string;
  readonly footer: string;
}): string {
  const script = bundle(new URL("./page/main.js", import.meta.url));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script)}">
<title>${escapeHtml(page.title)}</title>
<style>
${readPage("report/style.css")}${page.style ?? ""}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(page.title)}</h1>${page.intro}</header>
${page.content}
<footer>${escapeHtml(page.footer)}</footer>
</main>
<script>${script}</script>
</body>
</html>
`;
}
