/** The study in tables: for the screen, and in full for pages. */
import { digits } from "../output.js";
import type { Spread } from "./statistics.js";
import { type Group, type Study, shownMinutes } from "./study.js";

const percent = (part: number, count = 2) => (Number.isFinite(part) ? digits(100 * part, count) : "stopped");
const time = (minutes: number) => (Number.isFinite(minutes) ? minutes.toFixed(2) : "not reached");

/** One plant's groups: median and worst. */
export function shortRows({ minutes, seeds }: Study, groups: readonly Group[]): string[][] {
  const cell = (spread: Spread) => `${percent(spread.median)} (${percent(spread.worst)})`;
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
      String(group.learningRate),
      ...group.at.map(cell),
      time(group.minutesTo10),
      time(group.minutesTo5),
      cell(group.final),
      percent(group.worstEver),
      `${group.failures.length} of ${seeds.length}`,
    ]),
  ];
}

/** One plant's groups: median, quartiles and worst. */
export function fullRows(study: Study, groups: readonly Group[]): string[][] {
  const cell = ({ median, lower, upper, worst }: Spread) =>
    `${percent(median)} (${percent(lower)} to ${percent(upper)}; ${percent(worst)})`;
  const [head = [], ...rows] = shortRows(study, groups);
  const first = 2;
  const full = rows.map((row, i) => {
    const group = groups[i];
    if (!group) return row;
    const last = first + group.at.length;
    return row.map((text, column) => {
      const spread = column === last + 2 ? group.final : group.at[column - first];
      return spread ? cell(spread) : text;
    });
  });
  return [head, ...full];
}

/** What stopped trainings, a line each; empty if nothing did. */
export function failureLines(groups: readonly Group[]): string[] {
  return groups.flatMap(({ plant, rule, failures }) =>
    failures.map(
      ({ seed, minutes, why }) => `${plant}, ${rule}, seed ${seed}, after ${minutes.toFixed(2)} min: ${why}`,
    ),
  );
}
