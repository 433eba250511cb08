/** Designs of shakes: pairs of opposites, parameters apart from each other and from drift. */
import { expect, test } from "@jest/globals";
import { pairsOf, shakeDesign } from "../../src/derivatives/design.js";

test.each([
  [8, 16],
  [12, 32],
  [24, 64],
])("%i parameters in %i laps are orthogonal, in pairs of opposites", (parameters, laps) => {
  expect(2 * pairsOf(parameters)).toBe(laps);
  const rows = shakeDesign(parameters, laps, 7);
  expect(rows).toHaveLength(laps);
  for (let lap = 0; lap < laps; lap += 2) expect(rows[lap + 1]).toEqual(rows[lap].map((sign) => -sign));
  for (let i = 0; i < parameters; i++)
    for (let k = 0; k < parameters; k++)
      expect(rows.reduce((sum, row) => sum + row[i] * row[k], 0)).toBe(i === k ? laps : 0);
});

test("a drift hardly looks like a parameter, and seeds differ", () => {
  const rows = shakeDesign(8, 32, 3);
  for (let i = 0; i < 8; i++) {
    const along = rows.reduce((sum, row, lap) => sum + row[i] * (lap - 15.5), 0);
    expect(Math.abs(along) / rows.reduce((sum, _, lap) => sum + Math.abs(lap - 15.5), 0)).toBeLessThan(0.15);
  }
  expect(shakeDesign(8, 32, 4)).not.toEqual(rows);
  expect(shakeDesign(8, 32, 3)).toEqual(rows);
});
