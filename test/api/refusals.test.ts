/** What the library's functions are given and cannot be, as JavaScript lets it be: an error of one sentence. */
import { expect, test } from "@jest/globals";
import { prepareDrive } from "../../src/api/driving.js";
import { compare, drive, exportPolicy, train, UserError } from "../../src/api/index.js";

/** What no type allows. */
const untyped = (value: unknown) => value as never;
const NOTHING = { withoutNetwork: true, checkpoint: "best", given: {}, laps: 1, startTime: 0 } as const;

test.each<[string, () => Promise<unknown>, string]>([
  ["a drive of nothing", () => drive(untyped(undefined)), "the policy is undefined; allowed is a run's folder"],
  ["a start at no time", () => drive("run", { startTime: Number.NaN }), "startTime is NaN; allowed is a number [s]"],
  ["half a lap", () => drive("run", { laps: 0.5 }), "laps is 0.5; allowed is a whole number of 1 or more"],
  [
    "a state that is none",
    () => prepareDrive({ policy: undefined, ...NOTHING, initialState: untyped(3) }),
    "initialState is 3; allowed are 4 numbers: x [m], y [m]",
  ],
  [
    "a state with a number that is none",
    () => prepareDrive({ policy: undefined, ...NOTHING, initialState: [0, 0, Number.NaN, 0] }),
    "initialState is 0,0,NaN,0; allowed are 4 numbers",
  ],
  ["a training of no laps", () => train({}, { laps: Number.NaN }).next(), "laps is NaN; allowed is a whole number"],
  ["settings that are none", () => train(untyped(null)).next(), "settings are null; allowed is an object"],
  ["an unknown form", () => exportPolicy("run", { format: "x" }), "format is x; allowed is onnx or c or json or wasm"],
  [
    "an unknown clock",
    () => exportPolicy("run", { timing: untyped("x") }),
    "timing is x; allowed is simulation or hardware",
  ],
  ["a seed for seeds", () => compare({ seeds: untyped(3) }), "seeds is 3; allowed is a list of one or more"],
  ["no rules", () => compare({ updates: [] }), "updates is []; allowed is a list of one or more"],
  ["minutes as text", () => compare({ minutes: untyped("1") }), "minutes is 1; allowed is a number above 0"],
  ["no workers", () => compare({}, { workers: 0 }), "workers is 0; allowed is a whole number of 1 or more"],
])("%s", async (_, act, words) => {
  const error: unknown = await act().then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toContain(words);
});
