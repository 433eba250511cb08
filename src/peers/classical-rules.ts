import type { ClassicalRule } from "./classical.js";
import { difftune } from "./difftune.js";
import { ilc } from "./ilc.js";
import { refit } from "./refit.js";

/** By the name a user types. */
export const classicalRules: Readonly<Record<string, ClassicalRule>> = { ilc, difftune, refit };
