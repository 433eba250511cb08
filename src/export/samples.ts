/**
 * Steps that an exported policy is checked on: random states around a whole drive and far from it. Among them are
 * states beyond the clamps, angles several turns away, standstill, and first steps.
 */
import { uniformFrom } from "../statistics.js";
import type { PolicyDescription } from "./description.js";
import { sizesOf } from "./policy.js";

const SEGMENTS = 10;
/** Control steps per segment: 1, 2 or 3. */
const LONGEST = 3;

/** A random drive of a few segments: states that need not follow each other, at rising times. */
export interface Sketch {
  readonly states: Float64Array;
  readonly times: Float64Array;
  /** first step of every segment, and the number of steps */
  readonly starts: readonly number[];
}

/** Draws drives until they have `calls` network calls; every number is one that float32 has too. */
export function sketches(policy: PolicyDescription, box: Float64Array, calls: number, seed: number): Sketch[] {
  const uniform = uniformFrom(seed);
  const { state: n } = sizesOf(policy);
  const { period, controlPeriod } = policy.clock;
  const units = policy.columns.state.map((name) => /\[(.*)\]/.exec(name)?.[1] ?? "");
  return Array.from({ length: Math.ceil(calls / SEGMENTS) }, () => {
    const starts = [0];
    for (let j = 0; j < SEGMENTS; j++) starts.push(starts[j] + 1 + Math.floor(LONGEST * uniform()));
    const steps = starts[SEGMENTS];
    const states = new Float64Array(n * steps);
    const times = new Float64Array(steps);
    let time = period * uniform();
    for (let t = 0; t < steps; t++) {
      times[t] = Math.fround(time);
      time += controlPeriod * (0.5 + uniform());
      const kind = Math.floor(8 * uniform());
      for (let i = 0; i < n; i++) {
        const inBox = box[i] * (2 * uniform() - 1);
        states[n * t + i] = Math.fround(special(kind, units[i], inBox, uniform));
      }
    }
    return { states, times, starts };
  });
}

/** A component of a state, as the kind of state wants it. */
function special(kind: number, unit: string, inBox: number, uniform: () => number): number {
  if (kind === 0) return 4 * inBox; // far away: clamped
  if (kind === 1 && unit === "rad") return inBox + 2 * Math.PI * (Math.floor(7 * uniform()) - 3);
  if (kind === 2 && unit.endsWith("/s")) return 0;
  if (kind === 3) return 0;
  return inBox;
}

/** The same drives with states and times up to one `rounding` (relative) away. */
export function disturbed(drives: readonly Sketch[], rounding: number, seed: number): Sketch[] {
  const uniform = uniformFrom(seed);
  const off = (value: number): number => value * (1 + rounding * (2 * uniform() - 1));
  return drives.map(({ states, times, starts }) => ({ states: states.map(off), times: times.map(off), starts }));
}
