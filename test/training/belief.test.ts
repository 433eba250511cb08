/** Costs by dead reckoning are called believed; where the position is measured nothing is said. */
import { expect, test } from "@jest/globals";
import { SimLink } from "../../src/links/kinds/sim.js";
import type { Link } from "../../src/links/link.js";
import { renderHeadline, renderTable } from "../../src/report/learning.js";
import { Belief, beliefText } from "../../src/training/belief.js";
import { carRecording } from "../recording/samples.js";
import { reportOf } from "../report/fixture.js";

const robot = Object.assign(new SimLink(), { isDeadReckoning: true }) as Link;

test("its uncertainty goes on from rollout to rollout, and begins anew where the robot is placed", () => {
  const recording = carRecording(10);
  expect(new Belief(new SimLink()).follow(recording, true)).toBeUndefined();
  const belief = new Belief(robot);
  const first = belief.follow(recording, true);
  const second = belief.follow(recording, false);
  expect(second?.positionUncertainty).toBeGreaterThan(first?.positionUncertainty ?? Number.NaN);
  expect(belief.follow(recording, true)).toEqual(first);
});

test("screen and report say it", () => {
  const measured = { index: 20, seconds: 5.6, cost: 3, windowCost: 3, meanCost: 0.01, slowSeconds: 0 };
  expect(beliefText(measured, "lap 20")).toBeUndefined();
  const believed = { ...measured, positionUncertainty: 0.4193, hiddenCost: 24.6 };
  expect(beliefText(believed, "lap 20")).toBe(
    "costs are believed: the position is dead reckoning, uncertain by 0.42 m after lap 20 " +
      "(a gyro off by 0.1 °/s and 1 %, a wheel by 1 %), and errors of that size would add 24.60 to the cost, unseen",
  );
  const input = reportOf(3);
  expect(renderHeadline(input)).toContain("<dt>Window cost</dt>");
  expect(renderTable(input)).not.toContain("Position uncertain by");
  const metrics = input.metrics.map((one) => ({ ...one, positionUncertainty: 0.4193, hiddenCost: 24.6 }));
  expect(renderHeadline({ ...input, metrics })).toContain("<dt>Window cost, believed</dt>");
  expect(renderTable({ ...input, metrics })).toMatch(/Position uncertain by<small> \[m\].*Cost that may hide/);
});
