/** The study in tables: for the screen, and in full for pages. */
import { digits } from "../output.js";
import type { Spread } from "./statistics.js";
import { type Group, type Study, shownMinutes } from "./study.js";

const percent = (part: number, count = 2) => (Number.isFinite(part) ? digits(100 * part, count) : "stopped");
const time = (minutes: number) => (Number.isFinite(minutes) ? minutes.toFixed(2) : "not reached");

/** One plant's groups: median and worst. */
export function shortRows(study: Study, groups: readonly Group[]): string[][] {
  return rowsOf(study, groups, ({ median, worst }) => `${percent(median)} (${percent(worst)})`);
}

/** One plant's groups: median, quartiles and worst. */
export function fullRows(study: Study, groups: readonly Group[]): string[][] {
  return rowsOf(
    study,
    groups,
    ({ median, lower, upper, worst }) =>
      `${percent(median)} (${percent(lower)} to ${percent(upper)}; ${percent(worst)})`,
  );
}

function rowsOf({ minutes }: Study, groups: readonly Group[], cell: (spread: Spread) => string): string[][] {
  return [
    [
      "update",
      "learning rate",
      ...shownMinutes(minutes).map((at) => `${at} min`),
      "min to 10 %",
      "min to 5 %",
      "afresh",
      "worst ever",
      "stopped",
    ],
    ...groups.map((group) => [
      group.rule,
      group.learningRate === null ? "-" : String(group.learningRate),
      ...group.at.map(cell),
      time(group.minutesTo10),
      time(group.minutesTo5),
      cell(group.final),
      percent(group.worstEver),
      `${group.failures.length} of ${group.curves.length}`,
    ]),
  ];
}

/** What stopped trainings, a line each; empty if nothing did. */
export function failureLines(groups: readonly Group[]): string[] {
  return groups.flatMap(({ plant, rule, failures }) =>
    failures.map(
      ({ seed, minutes, why }) => `${plant}, ${rule}, seed ${seed}, after ${minutes.toFixed(2)} min: ${why}`,
    ),
  );
}
