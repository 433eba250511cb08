/**
 * Makes the documentation's site, static and without anything from elsewhere: every page of docs/, README and the pages
 * beside the sources, under build/site/<version>/, with a search; and build/site/index.html, the list of the versions
 * that lie there. Folders of other versions stay as they are, so a published site is brought up to date in place.
 *
 * A page docs/x.md is x.html, README.md is index.html, and each entry of site/entries.yaml has a page that lists its
 * own. Whatever else pages link to in the checkout lies under files/: sources as pages, pictures, tables and charts as
 * they are, folders as lists.
 *
 * Usage, after a build, in the project's folder: node scripts/site.mjs [--out build/site] [--version 0.1.0]
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import MiniSearch from "minisearch";
import { parse } from "yaml";
import { fill } from "../build/src/serve/template.js";
import { entriesOf } from "./site/entries.mjs";
import { escapeHtml, pageOf } from "./site/markdown.mjs";

const own = JSON.parse(readFileSync("package.json", "utf8"));
const { values } = parseArgs({
  options: {
    out: { type: "string", default: "build/site" },
    version: { type: "string", default: own.version },
  },
});
const OUT = join(values.out, values.version);
const PARTS = fileURLToPath(new URL("site/", import.meta.url));
const part = (name) => readFileSync(join(PARTS, name), "utf8");

/** Shown as they are; every other file that is linked becomes a page. */
const AS_IT_IS = /\.(html|svg|png|jsonl)$/;
/** What is found by a word, and what of it is shown. */
const SEARCH = {
  fields: ["page", "heading", "text"],
  storeFields: ["page", "heading", "to", "start"],
  searchOptions: { prefix: true, fuzzy: 0.15, combineWith: "AND", boost: { page: 3, heading: 2 } },
};
/** Of a section's text this much is shown [characters]. */
const SHOWN = 160;

const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter((path) => path && existsSync(path));
const isPage = (path) => /^(docs\/.*|bench\/README|examples\/.*|[A-Z]+)\.md$/.test(path);
const paths = tracked.filter(isPage);

const entries = entriesOf(parse(part("entries.yaml")), paths);

/** Where a path of the checkout lies in the site. */
function placeOf(path) {
  if (path === "README.md") return "index.html";
  if (isPage(path)) return path.replace(/^docs\//, "").replace(/\.md$/, ".html");
  if (statSync(path).isDirectory()) return `files/${path}/index.html`;
  return AS_IT_IS.test(path) ? `files/${path}` : `files/${path}.html`;
}

/** The address of a place from another place. */
const between = (from, to) => relative(dirname(from), to) || basename(to);

/** What pages link to, besides pages. */
const files = new Set();
function link(path, place, address) {
  if (/^[a-z]+:/.test(address) || address.startsWith("#")) return address;
  const [file, anchor] = address.split("#");
  const target = normalize(join(dirname(path), file)).replace(/\/$/, "");
  if (!existsSync(target)) throw new Error(`${path}: link ${address} leads nowhere`);
  if (!isPage(target)) files.add(target);
  return between(place, placeOf(target)) + (anchor === undefined ? "" : `#${anchor}`);
}

const pages = new Map(
  paths.map((path) => {
    const place = placeOf(path);
    return [path, { place, ...pageOf(readFileSync(path, "utf8"), (address) => link(path, place, address)) }];
  }),
);

const item = (to, text, more = "") => `<li${more}><a href="${escapeHtml(to)}">${escapeHtml(text)}</a>`;

/** Writes a page at its place; `entry` and `group`: where it stands, `headings`: what it has below its title. */
function write({ place, title, says = "", html, headings = [], entry, group }) {
  const to = (target) => between(place, target);
  const current = (is) => (is ? ' aria-current="page"' : "");
  const contents = headings.filter(({ level }) => level === 2 || level === 3);
  const trail = group && `<a href="${to(`${entry.file}.html`)}">${entry.name}</a> › ${escapeHtml(group.name)}`;
  const besides = entry?.groups.map(({ name, pages: some }) => {
    const list = some.map((path) => {
      const { place: there, title } = pages.get(path);
      return `<li><a href="${to(there)}"${current(there === place)}>${escapeHtml(title)}</a></li>`;
    });
    return `<h2>${escapeHtml(name)}</h2>\n<ul>${list.join("\n")}</ul>`;
  });
  const text = fill(
    part("page.html"),
    {
      title: escapeHtml(title),
      says: escapeHtml(says),
      version: values.version,
      base: to("."),
      entries: entries
        .map(({ name, file }) => `<a href="${to(`${file}.html`)}"${current(entry?.file === file)}>${name}</a>`)
        .join("\n"),
      trail: trail ? `<p class="trail">${trail}</p>` : "",
      contents:
        contents.length > 2
          ? `<details class="contents"><summary>On this page</summary><nav aria-label="On this page"><ul>${contents
              .map(({ level, text, anchor }) => `${item(`#${anchor}`, text, ` class="level${level}"`)}</li>`)
              .join("\n")}</ul></nav></details>`
          : "",
      pages: besides ? `<nav class="pages" aria-label="${entry.name}">${besides.join("\n")}</nav>` : "",
      html,
    },
    "page.html",
  );
  const path = join(OUT, place);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(join(OUT, "assets"), { recursive: true });
const documents = [];
for (const entry of entries) {
  for (const group of entry.groups)
    for (const path of group.pages) {
      const { place, sections, ...page } = pages.get(path);
      const isHome = path === "README.md";
      write({ place, ...page, ...(isHome ? { html: cards() + page.html } : { entry, group }) });
      for (const { anchor, heading, text } of sections)
        documents.push({
          ...{ id: documents.length, page: page.title, heading, text, to: `${place}#${anchor}` },
          start: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text,
        });
    }
  write({ place: `${entry.file}.html`, title: entry.name, says: entry.says, html: listOf(entry), entry });
}

/** The four entries, at the beginning of the first page. */
function cards() {
  const all = entries.map(({ name, file, says }) => {
    const text = `<strong>${name}</strong> <span>${escapeHtml(says)}</span>`;
    return `<li><a href="${file}.html">${text}</a></li>`;
  });
  return `<nav aria-label="Entries, with what they hold"><ul class="cards">${all.join("\n")}</ul></nav>\n`;
}

/** An entry's own page. */
function listOf({ name, says, groups }) {
  const list = groups.map(({ name, pages: some }) => {
    const items = some.map((path) => {
      const { place, title, says } = pages.get(path);
      return `${item(place, title)}<span>${escapeHtml(says)}</span></li>`;
    });
    return `<h2>${escapeHtml(name)}</h2>\n<ul class="list">${items.join("\n")}</ul>`;
  });
  return `<h1>${name}</h1>\n<p>${escapeHtml(says)}</p>\n${list.join("\n")}`;
}

// folders list what lies in them, which is then linked too: the set grows while it is gone through
for (const path of files) {
  const place = placeOf(path);
  const title = path;
  if (statSync(path).isDirectory()) {
    const inside = readdirSync(path).filter((name) => tracked.some((one) => `${one}/`.startsWith(`${path}/${name}/`)));
    const list = inside.map((name) => `${item(link(`${path}/${name}`, place, name), name)}</li>`);
    write({ place, title, html: `<h1>${escapeHtml(path)}</h1>\n<ul>${list.join("\n")}</ul>` });
  } else if (AS_IT_IS.test(path)) {
    mkdirSync(dirname(join(OUT, place)), { recursive: true });
    copyFileSync(path, join(OUT, place));
  } else {
    const code = escapeHtml(readFileSync(path, "utf8"));
    write({ place, title, html: `<h1>${escapeHtml(path)}</h1>\n<pre class="scroll"><code>${code}</code></pre>` });
  }
}

const search = new MiniSearch(SEARCH);
search.addAll(documents);
const index = JSON.stringify({ options: SEARCH, index: JSON.stringify(search) });
writeFileSync(join(OUT, "assets/search-index.js"), `window.searchIndex = ${index};\n`);
const miniSearch = readFileSync("node_modules/minisearch/dist/umd/index.js", "utf8");
writeFileSync(join(OUT, "assets/minisearch.js"), miniSearch.replace(/^\/\/# sourceMappingURL.*$/m, ""));
copyFileSync("node_modules/minisearch/LICENSE.txt", join(OUT, "assets/minisearch-licence.txt"));
for (const name of ["style.css", "site.js"]) copyFileSync(join(PARTS, name), join(OUT, "assets", name));

/** Versions that lie there, the latest first. */
const versions = readdirSync(values.out, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
writeFileSync(join(values.out, "versions.js"), `window.versions = ${JSON.stringify(versions)};\n`);
const listed = versions.map((version, i) => {
  const latest = i === 0 ? " (latest)" : "";
  return `${item(`${version}/index.html`, version)}${latest}</li>`;
});
const overview = fill(part("versions.html"), { latest: versions[0], list: listed.join("\n") }, "versions.html");
writeFileSync(join(values.out, "index.html"), overview);
console.log(`${OUT}: ${pages.size} pages, ${files.size} files, ${documents.length} sections to search`);
