/** Kinds of values that many settings have, with what is allowed in words. */
import * as v from "valibot";

export const finite = v.pipe(v.number("a number"), v.finite("a finite number"));
export const positive = v.pipe(finite, v.gtValue(0, "a number above 0"));
export const notNegative = v.pipe(finite, v.minValue(0, "a number of 0 or more"));
