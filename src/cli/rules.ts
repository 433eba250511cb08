/** Arguments of commands that set rules against each other: which ones, on which plants, for how long. */
import { checkedRule, RULES } from "../compare/learner.js";
import { CORE_PLANTS, PLANTS, plantsIn } from "../compare/plants.js";
import { rules } from "../compare/rules.js";
import type { Study } from "../compare/study.js";
import { UserError } from "../errors.js";
import { type ArgumentType, number, parseNumber } from "./arguments.js";

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

/** Most seeds at a time: beyond, the request is a slip of the pen. */
const MOST_SEEDS = 10_000;

/** Numbers of seeds: as many as said, or from the first to the last. */
export const seeds: ArgumentType<readonly number[]> = {
  label: "number, or first-last",
  parse(given, name) {
    const [, from, to] = /^(?:(\d+)-)?(\d+)$/.exec(given.trim()) ?? [];
    const first = from === undefined ? 1 : Number(from);
    const count = Number(to) - first + 1;
    if (count >= 1 && count <= MOST_SEEDS && Number.isSafeInteger(Number(to)))
      return Array.from({ length: count }, (_, i) => first + i);
    const allowed = `a whole number from 1 to ${MOST_SEEDS}, or the first and last seed, e.g. 11-20`;
    throw new UserError(`${name} is ${given}; allowed is ${allowed}`);
  },
};

/** Learning rates by rule. */
export const rates: ArgumentType<Readonly<Record<string, number>>> = {
  label: "rule=number, separated by commas",
  parse(given, option) {
    const entries = given.split(",").map((entry) => {
      const [name = "", value = ""] = entry.trim().split("=");
      const rate = parseNumber(value);
      if (!(typeof rate === "number" && rate > 0 && Number.isFinite(rate)))
        throw new UserError(`${option} ${entry}: allowed is rule=number above 0, e.g. sgd=1e-4,adam=2e-3`);
      return [checkedRule(name), rate];
    });
    return Object.fromEntries(entries);
  },
};

/** What is asked for of a comparison. */
interface Comparison {
  readonly rules?: readonly string[] | undefined;
  readonly plants?: readonly string[] | undefined;
  readonly seeds?: readonly number[] | undefined;
  readonly minutes?: number | undefined;
  readonly learningRate?: Readonly<Record<string, number>> | undefined;
  readonly quick?: boolean | undefined;
}

/** A comparison, complete. */
export function comparisonOf({ quick, plants = [...CORE_PLANTS], ...given }: Comparison): Study {
  return {
    updates: given.rules ?? Object.keys(rules),
    plants,
    seeds: given.seeds ?? seeds.parse(quick ? "2" : "10", "--seeds"),
    minutes: given.minutes ?? (quick ? 1.5 : 5),
    rates: given.learningRate ?? {},
  };
}
