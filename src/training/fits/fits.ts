/** Kinds of models that can be fitted to driving, as in the core: every file of this folder registers its own. */
import type { FitKind } from "./contract.js";
import { FITS } from "./fits.generated.js";

export const fits: Readonly<Record<string, FitKind>> = Object.assign({}, ...FITS);
