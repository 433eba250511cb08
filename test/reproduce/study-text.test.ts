/** The text of a study with what it computes. */
import { expect, test } from "@jest/globals";
import { linearAxis } from "../../src/report/axis.js";
import type { Chart } from "../../src/report/chart.js";
import { studyText } from "../../src/reproduce/study-text.js";

const axis = linearAxis({ lo: 0, hi: 1 }, 2);
const chart: Chart = {
  heading: "cost",
  description: "",
  width: 1,
  height: 1,
  x: axis,
  y: axis,
  xLabel: "",
  lines: [],
};

test("lines of a paragraph are joined, values filled in, and the quoted paragraph is the note of the charts", () => {
  const { title, intro, sections } = studyText("mismatch", { seeds: 7 }, { costs: { charts: [chart] } });
  expect(title).toBe("Model mismatch");
  expect(intro).toHaveLength(1);
  expect(intro[0]).toMatch(/^The authors trained [^\n]* so single runs differ\.$/);
  const note = expect.stringMatching(/^Lines: median of the seeds\. Dots and bands: [^\n>]* at hand\.$/);
  const heading = "Window cost, median (lowest to highest) of 7 seeds";
  expect(sections).toEqual([{ heading, text: [], charts: [{ ...chart, note }] }]);
});

test("a section without content is left out; one that is not named is an error, as is a name without section", () => {
  expect(studyText("mismatch", { seeds: 7 }, { costs: undefined }).sections).toEqual([]);
  const sections = "page reproduce/mismatch.md has the sections costs; the study has contents for";
  expect(() => studyText("mismatch", { seeds: 7 }, {})).toThrow(sections);
  expect(() => studyText("mismatch", { seeds: 7 }, { costs: {}, more: {} })).toThrow(`${sections} costs, more`);
});

test("a note needs a chart", () => {
  expect(() => studyText("mismatch", { seeds: 7 }, { costs: {} })).toThrow("has a note for charts, but no chart");
});
