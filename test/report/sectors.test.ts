import { expect, test } from "@jest/globals";
import { renderHeadline } from "../../src/report/learning.js";
import { lossTexts, renderSectors } from "../../src/report/sector-table.js";
import { sectorTimes } from "../../src/report/sectors.js";
import { LAP, PERIOD, recordingOf, reportOf } from "./fixture.js";

test("the thirds of a round track take a third of the lap each, wherever the lap begins", () => {
  const { track } = reportOf(1);
  const recording = recordingOf(1, LAP / PERIOD + 1, 0.05);
  for (const time of sectorTimes(recording, track)) expect(Math.abs(time - LAP / 3)).toBeLessThan(2 * PERIOD);
  const later = { ...recording, states: recordingOf(1, 301, 0.05).states.slice(4 * 100) };
  for (const time of sectorTimes(later, track)) expect(Math.abs(time - LAP / 3)).toBeLessThan(2 * PERIOD);
  const sum = sectorTimes(recording, track).reduce((a, b) => a + b, 0);
  expect(sum).toBeCloseTo(LAP, 9);
});

test("where a figure-8 crosses itself the robot stays in its sector", () => {
  const track = Array.from({ length: 240 }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / 120;
    return i < 120 ? [1 - Math.cos(angle), Math.sin(angle)] : [Math.cos(angle) - 1, Math.sin(angle)];
  });
  const states = Float64Array.from(track.flatMap(([x, y]) => [x, y, 1, 0]));
  const recording = recordingOf(1, 240, 0);
  const times = recording.times.slice(0, 240);
  for (const time of sectorTimes({ ...recording, states, times }, track))
    expect(Math.abs(time - 80 * PERIOD)).toBeLessThan(2 * PERIOD);
});

test("the table has a row per drawn lap, and is not there without a track", () => {
  expect(renderSectors(reportOf(3)).match(/<tr>/g)).toHaveLength(3);
  expect(renderSectors({ ...reportOf(3), track: [] })).toBe("");
});

test("of a race the table says what every sector took beyond what its usage asks for", () => {
  const report = reportOf(1);
  const race = { ...report, metrics: report.metrics.map((metrics) => ({ ...metrics, usage: 1.21, lapTime: LAP })) };
  const asked = LAP / 1.1 / 3; // speeds go with the root
  const [time] = sectorTimes(race.rollouts[0].recording, race.track);
  const html = renderSectors(race);
  expect(html).toContain(`<td>${time.toFixed(2)}<small> (+${(time - asked).toFixed(2)})</small></td>`);
  expect(html.match(/<small> \(/g)).toHaveLength(3);
  expect(lossTexts([2, 1.25], 1.5)).toEqual(["+0.50", "-0.25"]);
  expect(renderHeadline(race)).toContain("<dt>Lap time</dt>");
  expect(renderHeadline(race)).not.toContain("Window cost");
});
