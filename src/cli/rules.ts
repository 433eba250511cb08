/** Arguments of commands that set rules against each other: which ones, on which plants, for how long. */
import { RULES } from "../compare/learner.js";
import { PLANTS, plantsIn } from "../compare/plants.js";
import { UserError } from "../errors.js";
import { meantInstead } from "../spelling.js";
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

export function checkedRule(name: string): string {
  if (RULES.includes(name)) return name;
  throw new UserError(
    `unknown update rule "${name}"; ${meantInstead(name, RULES)}update rules are: ${RULES.join(", ")}`,
  );
}
