/** What learning peers remember. */
import { expect, test } from "@jest/globals";
import { Kernels } from "../../src/peers/batch/kernels.js";
import { Experience, newTransitions } from "../../src/peers/experience.js";

/** Transition number `k`: every one of its numbers says which it is. */
function add(experience: Experience, k: number): void {
  experience.add([k, k + 0.5], [-k], 10 * k, [k + 1, k + 1.5], k % 2 === 1);
}

/** The numbers of all transitions that are held, place by place. */
function held(experience: Experience): number[] {
  const row = newTransitions(1, 2, 1);
  return Array.from({ length: experience.count }, (_, i) => {
    experience.copy(i, row, 0);
    const k = row.observations[0];
    expect([...row.observations, ...row.actions, ...row.rewards]).toEqual([k, k + 0.5, -k, 10 * k]);
    expect([...row.nextObservations, ...row.terminated]).toEqual([k + 1, k + 1.5, k % 2]);
    return k;
  });
}

test("the oldest transition is forgotten first", () => {
  const experience = new Experience(5, 2, 1);
  for (let k = 1; k <= 7; k++) add(experience, k);
  expect(held(experience)).toEqual([6, 7, 3, 4, 5]);
});

test("room grows with what is held", () => {
  const experience = new Experience(5000, 2, 1);
  for (let k = 1; k <= 3000; k++) add(experience, k);
  expect(held(experience)).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
});

test("with another capacity it keeps the newest, oldest first", () => {
  const experience = new Experience(5, 2, 1);
  for (let k = 1; k <= 7; k++) add(experience, k);
  expect(held(experience.resized(8))).toEqual([3, 4, 5, 6, 7]);
  expect(held(experience.resized(3)).sort((a, b) => a - b)).toEqual([5, 6, 7]);
  expect(experience.resized(5)).toBe(experience);
});

test("draws are even, and go where they should", () => {
  const experience = new Experience(4, 2, 1);
  for (let k = 0; k < 4; k++) add(experience, k);
  const rows = 4000;
  const batch = newTransitions(rows + 1, 2, 1);
  batch.rewards[rows] = 42;
  experience.sample(new Kernels(1), batch, rows);
  expect(batch.rewards[rows]).toBe(42);
  for (let k = 0; k < 4; k++) {
    const share = batch.rewards.subarray(0, rows).filter((reward) => reward === 10 * k).length / rows;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.03);
  }
});
