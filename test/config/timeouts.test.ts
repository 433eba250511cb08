/** Time-outs of all layers, by the control period: their order. */
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import {
  LONGEST_PERIOD,
  lateAfter,
  longestPeriodFor,
  silentAfter,
  staleAfter,
  stateWithin,
  timeoutRows,
} from "../../src/config/timeouts.js";
import { protocol } from "../../src/links/wire/protocol.js";

const BOARD = protocol.commandTimeout / 1000;

test.each([0.005, 0.01, 0.02, 0.04, 0.05, 0.08, LONGEST_PERIOD, 0.2])("at a control period of %f s", (period) => {
  const missed = 2 * period; // between two steps, one of which was missed
  for (const of of [lateAfter, silentAfter, staleAfter, stateWithin]) expect(of(period)).toBeGreaterThan(missed);
  // who is late says so before it is silent for others
  expect(lateAfter(period)).toBeLessThan(silentAfter(period));
  expect(stateWithin(period)).toBeLessThanOrEqual(staleAfter(period));
});

test("a board bears a missed step at every period that it is driven with", () => {
  expect(2 * longestPeriodFor(BOARD)).toBeLessThan(BOARD);
  expect(silentAfter(0.02)).toBe(BOARD);
});

test("the settings follow, and the table for people", () => {
  expect(completeConfig({})["stale-after"]).toBe(staleAfter(0.02));
  expect(completeConfig({ task: "quadruped-figure8" })["stale-after"]).toBe(staleAfter(0.1));
  const rows = timeoutRows(BOARD);
  expect(rows.find(({ layer }) => layer === "ROS node")).toMatchObject({
    at50: "0.2 s",
    at20: "0.2 s",
    at10: "0.35 s",
  });
  expect(rows).toHaveLength(9);
});
