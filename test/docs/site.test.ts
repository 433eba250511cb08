/** The site of the documentation: complete, no link leads nowhere, nothing comes from elsewhere, all can read it. */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Browser } from "../support/browser.js";
import { browserTest } from "../support/browser-test.js";

const VERSION = "0.10.0";
/** Charts of studies, pages of their own that commands wrote. */
const CHARTS = /^files\/docs\/results\/.*\.html$/;

let folder: string;
/** The pages of the version: place in its folder -> text. */
let pages: Map<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lapgrad-site-"));
  mkdirSync(join(folder, "0.9.0"));
  writeFileSync(join(folder, "0.9.0", "index.html"), "kept");
  await promisify(execFile)(process.execPath, ["scripts/site.mjs", "--out", folder, "--version", VERSION]);
  const places = readdirSync(join(folder, VERSION), { recursive: true, encoding: "utf8" });
  const own = places.filter((place) => place.endsWith(".html") && !CHARTS.test(place));
  pages = new Map(own.map((place) => [place, readFileSync(join(folder, VERSION, place), "utf8")]));
});
afterAll(() => rmSync(folder, { recursive: true }));

const attributes = (html: string, name: string) =>
  Array.from(html.matchAll(new RegExp(`<[a-z][^>]*\\s${name}="([^"]*)"`, "g")), ([, value]) => value);

const isElsewhere = (address: string) => /^[a-z]+:/.test(address);

/** What the links of a page mean: place in the folder of versions, and anchor. */
const linksOf = (place: string, html: string) =>
  [...attributes(html, "href"), ...attributes(html, "src")]
    .filter((address) => !isElsewhere(address))
    .map((address) => {
      const [file, anchor] = address.split("#");
      const target = file === "" ? join(VERSION, place) : normalize(join(VERSION, dirname(place), file));
      return { address, target, anchor };
    });

test("every page of the documentation is there, with its formulas and pictures", () => {
  const docs = readdirSync("docs", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  const missing = docs.map((file) => file.replace(/md$/, "html")).filter((place) => !pages.has(place));
  expect(missing).toEqual([]);
  const count = (html: string | undefined, what: RegExp) => html?.match(what)?.length;
  const equations = readFileSync("docs/equations.md", "utf8");
  const numbered = count(equations, /\\tag\{/g);
  expect(numbered).toBeGreaterThan(100);
  expect(count(pages.get("equations.html"), /<\/div><span>\(/g)).toBe(numbered);
  expect(count(pages.get("equations.html"), /<math/g)).toBeGreaterThan(900);
  expect(pages.get("equations.html")).not.toMatch(/\$|\\tag/);
  expect(pages.get("index.html")).toContain('<img src="files/docs/images/learning.svg" alt="The simulated');
});

test("no link, anchor or picture leads nowhere", () => {
  const anchors = new Map<string, Set<string>>();
  const anchorsIn = (target: string) => {
    if (!anchors.has(target))
      anchors.set(target, new Set(attributes(readFileSync(join(folder, target), "utf8"), "id")));
    return anchors.get(target) as Set<string>;
  };
  const problems = [...pages].flatMap(([place, html]) =>
    linksOf(place, html)
      .filter(({ target, anchor }) => {
        const path = join(folder, target);
        return (
          !existsSync(path) || !statSync(path).isFile() || (anchor !== undefined && !anchorsIn(target).has(anchor))
        );
      })
      .map(({ address }) => `${place}: ${address}`),
  );
  expect(problems).toEqual([]);
});

test("every page is reached from the four entries", () => {
  const entries = ["use.html", "robot.html", "how.html", "change.html"];
  const reached = new Set(entries);
  for (const place of reached)
    for (const { target } of linksOf(place, pages.get(place) ?? ""))
      if (pages.has(target.slice(VERSION.length + 1))) reached.add(target.slice(VERSION.length + 1));
  expect([...pages.keys()].filter((place) => !reached.has(place))).toEqual([]);
  for (const entry of entries) expect(pages.get("index.html")).toContain(`<a href="${entry}">`);
});

test("a page that stands in no entry, or in two, is refused", async () => {
  const { entriesOf } = await import(pathToFileURL("scripts/site/entries.mjs").href);
  const table = (...patterns: string[]) => [{ name: "Use it", groups: { First: patterns } }];
  expect(entriesOf(table("a.md", "b/*"), ["a.md", "b/c.md"])[0].groups).toEqual([
    { name: "First", pages: ["a.md", "b/c.md"] },
  ]);
  expect(() => entriesOf(table("a.md"), ["a.md", "b.md"])).toThrow(/^b.md stands in 0 groups .* write it into one$/);
  expect(() => entriesOf(table("a.md", "a*"), ["a.md"])).toThrow(/^a.md stands in 2 groups .* leave it in one$/);
  expect(() => entriesOf(table("a.md", "c.md"), ["a.md"])).toThrow(/c.md is no page/);
});

test("nothing is loaded from elsewhere", () => {
  const elsewhere = [...pages].flatMap(([place, html]) => [
    ...attributes(html, "src").filter((address) => isElsewhere(address)),
    ...Array.from(html.matchAll(/<link[^>]*href="(?!data:)([a-z]+:[^"]*)"/g), ([, address]) => `${place}: ${address}`),
  ]);
  expect(elsewhere).toEqual([]);
  expect(readFileSync(join(folder, VERSION, "assets/style.css"), "utf8")).not.toMatch(/url\(|@import/);
  for (const chart of readdirSync(join(folder, VERSION, "files/docs/results")).filter((name) => /html$/.test(name)))
    expect(readFileSync(join(folder, VERSION, "files/docs/results", chart), "utf8")).not.toMatch(/src="?http|@import/);
});

test("pages have a language, a title, a way to the text, headings in order, and pictures described", () => {
  const problems = [...pages].flatMap(([place, html]) => {
    const levels = Array.from(html.matchAll(/<h([1-6])[ >]/g), ([, level]) => Number(level));
    const ids = attributes(html, "id");
    const wrong = {
      headings: levels[0] !== 1 || levels.some((level, i) => level > (levels[i - 1] ?? 0) + 1),
      titles: levels.filter((level) => level === 1).length !== 1,
      ids: new Set(ids).size !== ids.length,
      language: !html.includes('<html lang="en">'),
      title: !/<title>[^<]+ · lapgrad 0\.10\.0<\/title>/.test(html),
      skip: !/<body[^>]*>\s*<a class="skip" href="#content">/.test(html) || !html.includes('<main id="content"'),
      pictures: Array.from(html.matchAll(/<img[^>]*>/g)).some(([image]) => !/ alt="[^"]/.test(image)),
    };
    return Object.entries(wrong).flatMap(([what, is]) => (is ? [`${place}: ${what}`] : []));
  });
  expect(problems).toEqual([]);
});

/** WCAG 2.1: relative luminance of #rgb or #rrggbb, and contrast ratio of two of them. */
function luminance(colour: string): number {
  const hex = colour.slice(1).replace(/^(.)(.)(.)$/, "$1$1$2$2$3$3");
  const [r, g, b] = [0, 2, 4]
    .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test("colours contrast enough, light and dark", () => {
  expect(contrast("#000", "#fff")).toBeCloseTo(21, 9);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  const style = readFileSync(join(folder, VERSION, "assets/style.css"), "utf8");
  const schemes = Array.from(style.matchAll(/:root \{([^}]*)\}/g), ([, block]) =>
    Object.fromEntries(Array.from(block.matchAll(/--(\w+): (#\w+)/g), ([, name, colour]) => [name, colour])),
  );
  expect(schemes).toHaveLength(2);
  expect(style.replace(/:root \{[^}]*\}/g, "").match(/#[\da-f]{3,8}\b/g)).toEqual(["#0003"]); // the shadow of the hits
  for (const { page, ink, soft, link, tint, edge } of schemes)
    for (const back of [page, tint]) {
      expect(contrast(ink, back)).toBeGreaterThan(7);
      expect(contrast(soft, back)).toBeGreaterThan(4.5);
      expect(contrast(link, back)).toBeGreaterThan(4.5);
      expect(contrast(edge, back)).toBeGreaterThan(3);
    }
});

test("other versions stay, and the latest is marked", () => {
  expect(readFileSync(join(folder, "0.9.0", "index.html"), "utf8")).toBe("kept");
  expect(readFileSync(join(folder, "versions.js"), "utf8")).toBe('window.versions = ["0.10.0","0.9.0"];\n');
  const list = readFileSync(join(folder, "index.html"), "utf8");
  expect(list.match(/<li>.*<\/li>/g)).toEqual([
    '<li><a href="0.10.0/index.html">0.10.0</a> (latest)</li>',
    '<li><a href="0.9.0/index.html">0.9.0</a></li>',
  ]);
});

browserTest("by keyboard: search, hits, and the way to the text; on a narrow screen nothing is cut off", async () => {
  const address = (place: string) => pathToFileURL(join(folder, VERSION, place)).href;
  const browser = Browser.open();
  try {
    const page = await browser.page(address("tasks/scalar.html"), { width: 400 });
    await page.until(`document.activeElement && !document.querySelector(".search").hidden`);
    await page.press("/");
    await page.until(`document.activeElement.id === "search"`);
    for (const letter of "brake current") await page.press(letter);
    await page.until(`document.querySelectorAll("#hits a").length > 1`);
    expect(Number.parseInt(await page.text("count"), 10)).toBeGreaterThan(1);
    await page.press("ArrowDown");
    const first = await page.value<string>("document.activeElement.href");
    expect(first).toMatch(/\/vesc\.html#/);
    await page.press("ArrowUp");
    expect(await page.value("document.activeElement.id")).toBe("search");
    await page.press("Escape");
    expect(await page.value(`document.getElementById("found").hidden`)).toBe(true);
    for (const letter of "xyzzyq") await page.press(letter);
    await page.until(`document.getElementById("count").textContent === "nothing has “xyzzyq”"`);
    await page.press("Escape");
    for (const letter of "brake current") await page.press(letter);
    await page.until(`document.querySelector("#hits a")?.href === ${JSON.stringify(first)}`);
    await page.press("Enter");
    await page.until(`location.href === ${JSON.stringify(first)}`);

    for (const place of ["index.html", "equations.html", "safety.html", "api.html", "how.html"]) {
      await page.send("Page.navigate", { url: address(place) });
      await page.until(`location.href === ${JSON.stringify(address(place))} && document.readyState === "complete"`);
      expect([place, await page.value("document.documentElement.scrollWidth")]).toEqual([place, 400]);
    }
    // what is wider can be scrolled by key
    await page.send("Page.navigate", { url: address("equations.html") });
    await page.until(`document.querySelectorAll(".scroll[tabindex='0']").length > 10`);

    writeFileSync(join(folder, "versions.js"), 'window.versions = ["0.11.0", "0.10.0"];');
    await page.send("Page.navigate", { url: address("index.html") });
    await page.until(`document.querySelector("#older:not([hidden])")?.textContent.includes("the latest is 0.11.0")`);
    expect(browser.complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});
