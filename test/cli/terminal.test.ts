/** What a person sees on terminals of several widths: every digit, every word, no remains of a progress bar. */
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { barLine, timeLeft } from "../../src/cli/bar.js";
import { formatTable } from "../../src/output.js";
import { metricsOf, newFolder, SMALL_ARGUMENTS } from "../support/runs.js";
import { onTerminal } from "../support/terminal.js";
import { tool } from "../support/tools.js";
import { lapgrad } from "./process.js";

const main = `${process.execPath} ${resolve("build/src/cli/main.js")}`;
const WIDTHS = [40, 80, 132];
/** What is shown is the same for every network, and this one is trained in less time. */
const SMALL_NETWORK = "--hidden 8,8";
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  await lapgrad(folder, ["train", ...SMALL_ARGUMENTS, "--rollouts", "2", "--out", "run"]);
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(WIDTHS)("in %d columns", (columns) => {
  tool("script").test("a training's rows have every digit, and its error every word", async () => {
    // the second recording, some kilobytes longer than the first, is too large
    const train = `${main} train ${SMALL_NETWORK} --rollouts 4`;
    const line = `ulimit -f 446; ${train} --out at-${columns}`;
    const { code, lines } = await onTerminal(folder, columns, line);
    expect(code).toBe(1);
    const text = lines.join(" ").replace(/\s+/g, " ");
    expect(text).toContain("the file would be larger than this process may write: check `ulimit -f`");

    const whole = await onTerminal(folder, columns, `${train} --out whole-${columns}`);
    expect(whole.code).toBe(0);
    const rows = whole.lines.filter((one) => /^ +\d+ +\d\.\d\d /.test(one)).map((one) => one.trim().split(/ +/));
    const metrics = await metricsOf(join(folder, `whole-${columns}`));
    expect(rows.map(([index, , cost]) => [Number(index), Number(cost)])).toEqual(
      metrics.map(({ index, windowCost }) => [index, Number(windowCost.toPrecision(4))]),
    );
    if (columns >= 80) expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([6, 7]));
    expect(whole.broken.filter((one) => !one.includes("lapgrad drive"))).toEqual([]);
    expect(whole.lines.join("")).not.toMatch(/[\u2588\u2591]/);
    for (const moment of whole.moments) expect(moment.length).toBeLessThanOrEqual(columns);
  });

  const commands = [
    "drive run --laps 1 --out NAME.mcap",
    "replay run/rollouts/0001.mcap --network run",
    "export run --format json --out NAME.json",
    "identify run",
    "doctor",
    "report run",
  ];
  for (const command of commands)
    tool("script").test(`nothing that ${command} says is broken within a word`, async () => {
      const words = command.replace("NAME", `of-${columns}`);
      const { lines, broken } = await onTerminal(folder, columns, `${main} ${words}`);
      expect(lines.join("").length).toBeGreaterThan(20);
      // a command, or a path, may be copied
      expect(broken.filter((line) => !/→|\/|lapgrad/.test(line))).toEqual([]);
    });
});

test("a table that is too wide has its headings broken, then its columns in blocks; no number is lost", () => {
  const rows = [
    ["lap", "window cost", "mean speed"],
    ["1", "47.57", "2.676"],
    ["all", "33.94", "3.368"],
  ];
  expect(formatTable(rows, 30).split("\n")).toEqual([
    "lap  window cost  mean speed",
    "1          47.57       2.676",
    "all        33.94       3.368",
  ]);
  expect(formatTable(rows, 20).split("\n")).toEqual([
    "     window   mean",
    "lap    cost  speed",
    "1     47.57  2.676",
    "all   33.94  3.368",
  ]);
  expect(formatTable(rows, 12).split("\n")).toEqual([
    "     window",
    "lap    cost",
    "1     47.57",
    "all   33.94",
    "",
    "      mean",
    "lap  speed",
    "1    2.676",
    "all  3.368",
  ]);
  const words = [
    ["parameter", "value"],
    ["offset", "not determined here"],
  ];
  expect(formatTable(words, 18).split("\n")).toEqual(["parameter: value", "offset: not", "  determined here"]);
});

test("a bar fits into every width, and says nothing of what is left before it is known", () => {
  const params = { progress: 0.5, value: 5, total: 10, eta: 75, startTime: 0, stopTime: null, maxWidth: 80 };
  for (let maxWidth = 10; maxWidth < 140; maxWidth++) {
    const line = barLine({ ...params, maxWidth }, "rollouts", ["1.4 min driven", "window cost 0.08123"]);
    expect(line.length).toBeLessThan(maxWidth);
    if (maxWidth > 22) expect(line).toContain(" 5/10 rollouts");
  }
  expect(barLine({ ...params, maxWidth: 132 }, "rollouts", ["1.4 min driven"])).toBe(
    ` ${"\u2588".repeat(15)}${"\u2591".repeat(15)} 5/10 rollouts | 1.4 min driven`,
  );
  expect(timeLeft({ ...params, value: 0, eta: 0 })).toEqual([]);
  expect([59, 60, 3599, 5400].map((eta) => timeLeft({ ...params, eta })[0])).toEqual([
    "59 s left",
    "1 min left",
    "1 h 0 min left",
    "1 h 30 min left",
  ]);
});

test("without a terminal a row is one line, whatever its width", async () => {
  const { stdout } = await lapgrad(folder, ["train", ...SMALL_ARGUMENTS, "--rollouts", "2", "--out", "piped"]);
  const [, headings, , first] = stdout.split("\n");
  expect(headings).toMatch(/^ {5}rollout {7}driven {2}window cost {4}cost\/step radial error {3}mean speed/);
  expect(first.slice(0, 38)).toMatch(/^ {11}1 {9}0\.05 +[\d.]+$/);
});
