/** Every controller, reference and task of the core can be exported, or it is said here why not. */
import { expect, test } from "@jest/globals";
import { controllers, references, tasks } from "../../src/export/parts/parts.js";
import { randomPolicy } from "../support/policies.js";

const { Controllers, References, Tasks } = (await randomPolicy("car-figure8", "simulation")).core.exports;

/** Kinds of the core without a piece in src/export/parts, and the reason of each. */
const UNEXPORTED: Readonly<Record<string, string>> = {};

test.each([
  ["controllers", Controllers, controllers],
  ["references", References, references],
  ["tasks", Tasks, tasks],
])("%s: the kinds of the core and the pieces of src/export/parts are the same", (_, kinds, pieces) => {
  const known = Object.keys(kinds).filter((kind) => Number.isNaN(Number(kind)) && !(kind in UNEXPORTED));
  expect(known.length).toBeGreaterThan(1);
  expect(Object.keys(pieces).sort()).toEqual(known.sort());
});
