/** Text of pages and the values in it. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { fill, fillPage, readPage } from "../../src/serve/template.js";

const filesIn = (folder: string) => readdirSync(folder).map((file) => join(folder, file));
const pages = ["report", "reproduce", "compare"].flatMap((folder) =>
  filesIn(join("src", folder, "pages")).map((file) => [`${folder}/${basename(file)}`, file]),
);

describe("places", () => {
  test("take the value of their name, each as often as it stands there", () => {
    expect(fill("{{a}} of {{b}}, {{a}} again", { a: 1, b: "two" }, "x")).toBe("1 of two, 1 again");
  });

  test("are not looked for in values, and a value is no pattern", () => {
    expect(fill("<{{a}}>", { a: "{{b}} $& $1" }, "x")).toBe("<{{b}} $& $1>");
  });

  test("without value and values without place are errors that name the page and them", () => {
    const message = "page x/y.md: no value for the place {{b}}, no place {{c}} for its value";
    expect(() => fill("{{a}} {{b}} {{b}}", { a: 1, c: 2 }, "x/y.md")).toThrow(message);
  });

  test("are not filled with what every object has", () => {
    expect(() => fill("{{toString}}", {}, "x")).toThrow("no value for the place {{toString}}");
  });
});

describe("pages", () => {
  test.each(pages)("%s is read as it stands beside the code", (name, file) => {
    expect(readPage(name)).toBe(readFileSync(file, "utf8"));
  });

  test.each([...pages.map(([, file]) => file), ...filesIn("scripts/pages")])(
    "%s has lines of at most 120 columns",
    (file) => {
      const lines = readFileSync(file, "utf8").split("\n");
      expect(lines.filter((line) => line.length > 120)).toEqual([]);
    },
  );

  test("that do not exist are named", () => {
    expect(() => fillPage("report/nothing.md", {})).toThrow("report/nothing.md");
  });
});
