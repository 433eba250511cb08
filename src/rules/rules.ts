import type { UpdateRule } from "./definition.js";
import { ALL } from "./rules.generated.js";

/** Names of all update rules, as a user types them. */
export type RuleName = (typeof ALL)[number]["name"];

const all: readonly UpdateRule[] = ALL;

/** All update rules by name: every file of this folder with a default export. */
export const updateRules = Object.fromEntries(all.map((rule) => [rule.name, rule])) as Readonly<
  Record<RuleName, UpdateRule>
>;

export const ruleNames = Object.keys(updateRules) as RuleName[];
