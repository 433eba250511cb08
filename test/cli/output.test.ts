/** Whatever a command is given or finds in a file, nothing but text reaches the terminal. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { printable, printableLine } from "../../src/output.js";
import { newFolder } from "../support/runs.js";
import { typist } from "./process.js";

const typed = typist();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** Clears the screen, in both ways of writing it; changes the title; turns the direction of writing. */
const EVIL = "\u001b[2J\u009b2J\u001b]0;title\u0007\u202e\r";
const CONTROL = /[^\P{Cc}\n]|\u202e/u;

test("control characters are shown as such; text, lines and columns stay", () => {
  expect(printable("a\tb\nµ → 漢 🙂")).toBe("a\tb\nµ → 漢 🙂");
  expect(printable(`x${EVIL}y`)).toBe("x\ufffd[2J\ufffd2J\ufffd]0;title\ufffd\ufffd\ufffdy");
  expect(printableLine("one\ntwo  three", 9)).toBe("one two …");
});

test.each([
  ["a name that is not there", ["drive", `${EVIL}run`], undefined],
  ["a name in --json", ["doctor", "--json", "--device", `/dev/${EVIL}`], undefined],
  ["a file of settings", ["train", "--config", "evil.yaml"], `task: "\\e[2J\\x9b2J"\n`],
  ["a network", ["drive", "evil.json"], `{"${"\\u001b[2J"}": 1}`],
])("%s", async (_, args, content) => {
  if (content !== undefined) await writeFile(join(folder, args.at(-1) ?? ""), content);
  const { code, stdout, stderr } = await typed(folder, args);
  expect(code).toBeGreaterThan(0);
  expect(stdout + stderr).not.toBe("");
  expect(stdout + stderr).not.toMatch(CONTROL);
});
