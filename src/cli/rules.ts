/** Arguments of commands that set rules against each other: which ones, on which plants, for how long. */
import { checkedRule, RULES } from "../compare/learner.js";
import { PLANTS, plantsIn } from "../compare/plants.js";
import { type ArgumentType, number } from "./arguments.js";

/** Driving [min]. */
export const drivingMinutes = number("a number above 0, at most 1440", (minutes) => minutes > 0 && minutes <= 1440);

export const plants: ArgumentType<readonly string[]> = {
  label: `choices, separated by commas: ${PLANTS.join(", ")}`,
  parse: plantsIn,
};

export const ruleNames: ArgumentType<readonly string[]> = {
  label: `choices, separated by commas: ${RULES.join(", ")}`,
  parse: (given) => [...new Set(given.split(",").map((name) => checkedRule(name.trim())))],
};
