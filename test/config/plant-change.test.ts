/** `plant-change`: what each form means, which names the plants have, and what is refused with which remedy. */
import { describe, expect, test } from "@jest/globals";
import { checkSetting, completeConfig, type PartialConfig } from "../../src/config/config.js";
import { changesIn } from "../../src/config/plant-change.js";
import { resolveTask } from "../../src/config/resolve.js";

const changesOf = (text: string, given: PartialConfig = { plant: "identified" }) =>
  resolveTask(
    completeConfig({ ...given, "plant-change": checkSetting("plant-change", changesIn(text), "test") as string[] }),
  ).plant.changes;

test("every form, several at once, the numbers of a place among the commas", () => {
  const text = "grip=0.8@lap10,throttle=1..0.7@seconds0..60, drag=1e-1@place:1,-.5,2,steering=-1@seconds2.5";
  expect(changesOf(text)).toEqual([
    {
      parameter: "gripLimit",
      before: 1,
      after: 0.8,
      where: { since: expect.closeTo(56, 10), until: expect.closeTo(56, 10) },
    },
    { parameter: "throttleGain", before: 1, after: 0.7, where: { since: 0, until: 60 } },
    { parameter: "drag", before: 1, after: 0.1, where: { x: 1, y: -0.5, radius: 2 } },
    { parameter: "steeringGain", before: 1, after: -1, where: { since: 2.5, until: 2.5 } },
  ]);
  const [walking] = changesOf("turnGain=1..0.5@lap1..2", { task: "quadruped-figure8" }) ?? [];
  expect(walking).toMatchObject({ parameter: "turnGain", before: 1, after: 0.5 });
  const times = Object.values(walking.where);
  expect(times).toEqual([expect.closeTo(24, 10), expect.closeTo(48, 10)]); // 40 segments of 6 steps of 0.1 s
  const scalar = changesOf("b=0.5@lap3", { task: "scalar" });
  expect(scalar).toEqual([{ parameter: "b", before: 1, after: 0.5, where: { since: 60, until: 60 } }]);
});

describe("the aliases exist on every car plant, or are refused", () => {
  const known = {
    nominal: { throttle: "throttleGain", steering: "steeringGain" },
    identified: { grip: "gripLimit", throttle: "throttleGain", steering: "steeringGain" },
    "single-track": { grip: "grip", throttle: "throttleGain", steering: "steeringGain", mass: "mass" },
  };
  for (const [plant, names] of Object.entries(known)) {
    test.each(["grip", "throttle", "steering", "mass"])(`${plant}: %s`, (alias) => {
      const own = (names as Record<string, string>)[alias];
      const change = () => changesOf(`${alias}=0.5@lap1`, { plant })?.map(({ parameter }) => parameter);
      if (own) expect(change()).toEqual([own]);
      else
        expect(change).toThrow(new RegExp(`plant ${plant} of car-figure8 has no "${alias}"; use one of .*, or plant`));
    });
  }
});

describe("refused in one sentence", () => {
  const FORM = /"plant-change\.0" is .*; allowed is name=factor@lapN, .*radius above 0/;
  test.each([
    "grip=0.8",
    "grip=0.8@",
    "grip@lap3",
    "=0.8@lap3",
    "grip=@lap3",
    "grip=x@lap3",
    "grip=Infinity@lap3",
    "grip=0.8@lap",
    "grip=0.8@lap-1",
    "grip=0.8@minute3",
    "grip=0.8@seconds1..2",
    "grip=1..0.8@seconds3",
    "grip=1..0.8@seconds3..3",
    "grip=1..0.8..0.5@seconds3..4",
    "grip=0.5@place:1,2",
    "grip=0.5@place:1,2,0",
    "grip=0.5@place:1,2,3,4",
    "grip=1..0.5@place:1,2,3",
  ])("%s", (text) => {
    expect(() => changesOf(text)).toThrow(FORM);
  });

  const cases: [PartialConfig, string, string][] = [
    [{ plant: "identified" }, "grip=0@lap1", "gripLimit of identified must stay above 0: use factors above 0"],
    [{ plant: "single-track" }, "mass=1..-1@lap1..2", "mass of single-track must stay above 0"],
    [{ plant: "single-track" }, "frontShare=-1@lap1", "frontShare of single-track must not fall below 0"],
    [{ plant: "single-track" }, "combinedSlip=2@lap1", "is 0, which no factor changes: give it a value first"],
    [{ task: "pendulum-reach" }, "mass1=2@lap1", "pendulum-reach has no laps: use seconds"],
    [{ task: "scalar" }, "a=2@place:1,1,1", "scalar has no place: use seconds"],
  ];
  test.each(cases)("%j %s", (given, text, message) => {
    expect(() => changesOf(text, given)).toThrow(message);
  });

  test("a value that was given makes a factor possible", () => {
    const given = { plant: "single-track", parameters: { plant: { combinedSlip: 0.5 } } };
    expect(changesOf("combinedSlip=2@lap1", given)).toHaveLength(1);
  });
});
