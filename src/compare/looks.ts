/** Colours and dashes of curves: by what a rule knows. */
import { updateRules } from "../rules/rules.js";
import { rules } from "./rules.js";

/** Green: a model, but no network; orange and purple: no model that anybody gave them. */
const LOOKS: Readonly<Record<string, string>> = {
  refit: "green solid",
  ilc: "green dashed",
  difftune: "green dotted",
  sac: "orange solid",
  ppo: "orange dashed",
  crossq: "purple solid",
  droq: "purple dashed",
  mbpo: "purple dotted",
};

const PEERS = ["green", "orange", "purple"].map((name) => `.peer-${name}{--c:var(--${name})}`);
const RULES = Object.values(updateRules).map(({ name, colour }) => `.${name}{--c:var(--${colour})}`);
/** Style rules of {@link lookOf}'s class names. */
export const LOOK_STYLE = [...RULES, ...PEERS].join("");

/** Class names of a rule's colour and dash. */
export function lookOf(rule: string): string {
  return rule in rules ? `${rules[rule].config.update} ${rules[rule].dash}` : `peer-${LOOKS[rule] ?? "purple solid"}`;
}
