/**
 * Steps that an exported policy is checked on: random states around a whole drive and far from it, with what the core does there. Among
 * them are states beyond the clamps, angles several turns away, standstill, and first steps.
 */
import type { Core } from "../core/core.js";
import type { PolicyDescription, Timing } from "./description.js";
import { type Sizes, sizesOf } from "./policy.js";

/** Rows of numbers, one row per sample. */
export interface Table {
  readonly width: number;
  readonly data: Float64Array;
}

/** What a step is given, and what the core answers; names as in onnx/export.ts. */
export interface Samples {
  readonly count: number;
  readonly inputs: Readonly<Record<string, Table>>;
  readonly outputs: Readonly<Record<string, Table>>;
}

export interface NetworkSamples {
  readonly count: number;
  readonly features: Table;
  readonly offsets: Table;
}

const SEGMENTS = 10;
/** Control steps per segment: 1, 2 or 3. */
const LONGEST = 3;

/** Uniform numbers in [0, 1) from a seed. */
export function uniformFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random drive of a few segments: states that need not follow each other, at rising times. */
interface Sketch {
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
    for (let j = 0; j < SEGMENTS; j++) starts.push((starts.at(-1) ?? 0) + 1 + Math.floor(LONGEST * uniform()));
    const steps = starts.at(-1) ?? 0;
    const states = new Float64Array(n * steps);
    const times = new Float64Array(steps);
    let time = period * uniform();
    for (let t = 0; t < steps; t++) {
      times[t] = Math.fround(time);
      time += controlPeriod * (0.5 + uniform());
      const kind = Math.floor(8 * uniform());
      for (let i = 0; i < n; i++) {
        const inBox = (box[i] ?? 1) * (2 * uniform() - 1);
        states[n * t + i] = Math.fround(special(kind, units[i] ?? "", inBox, uniform));
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

/** What the core does along the drives, step by step; leaves the core's timing as that of the policy. */
export function answers(core: Core, policy: PolicyDescription, drives: readonly Sketch[]): Samples {
  const sizes = sizesOf(policy);
  const count = drives.reduce((sum, { times }) => sum + times.length, 0);
  const table = (width: number): Table => ({ width, data: new Float64Array(width * count) });
  const before = { ...memoryTables(sizes, table) };
  const after = { ...memoryTables(sizes, table) };
  const given = { state: table(sizes.state), time: table(1), call_network: table(1) };
  const command = table(sizes.command);
  let row = 0;
  for (const drive of drives) {
    replay(core, drive);
    const opening = core.view("openingSetpoint");
    for (let j = 0; j < drive.starts.length - 1; j++) {
      for (let t = drive.starts[j] ?? 0; t < (drive.starts[j + 1] ?? 0); t++, row++) {
        const first = t === drive.starts[j];
        put(given.state, row, core.view("states"), t);
        put(given.time, row, drive.times, t);
        given.call_network.data[row] = first ? 1 : 0;
        put(command, row, core.view("commands"), t);
        remember(core, drive, opening, after, row, j);
        if (!first) remember(core, drive, opening, before, row, j);
        else if (j > 0) remember(core, drive, opening, before, row, j - 1);
        else before.segment_start.data[row] = -1;
      }
    }
  }
  const next = Object.fromEntries(Object.entries(after).map(([name, values]) => [`next_${name}`, values]));
  return { count, inputs: { ...given, ...before }, outputs: { command, ...next } };
}

function memoryTables(sizes: Sizes, table: (width: number) => Table) {
  const tables = { previous_setpoint: table(sizes.setpoint), setpoint: table(sizes.setpoint), segment_start: table(1) };
  return sizes.gains > 0 ? { ...tables, gains: table(sizes.gains) } : tables;
}

/** The policy's state after the network call of segment j. */
function remember(
  core: Core,
  drive: Sketch,
  opening: Float64Array,
  to: ReturnType<typeof memoryTables>,
  row: number,
  j: number,
): void {
  const setpoints = core.view("setpoints");
  if (j > 0) put(to.previous_setpoint, row, setpoints, j - 1);
  else put(to.previous_setpoint, row, opening, 0);
  put(to.setpoint, row, setpoints, j);
  if ("gains" in to) put(to.gains, row, core.view("gains"), j);
  put(to.segment_start, row, drive.times, drive.starts[j] ?? 0);
}

function put({ width, data }: Table, row: number, from: Float64Array, at: number): void {
  data.set(from.subarray(width * at, width * (at + 1)), width * row);
}

/** The core goes through a drive as if it had been recorded. */
function replay(core: Core, { states, times, starts }: Sketch): void {
  const n = core.setup.task.columns.state.length;
  core.view("counts").set([times.length, starts.length - 1, 0]);
  core.view("states").set(states);
  core.view("times").set(times);
  core.view("periods").fill(core.setup.task.timing.controlPeriod, 0, times.length);
  core.view("segmentStarts").set(starts.slice(0, -1));
  for (const [j, start] of starts.slice(0, -1).entries()) {
    core.view("segmentTimes")[j] = times[start] ?? Number.NaN;
    core.view("segmentStates").set(states.subarray(n * start, n * (start + 1)), n * j);
  }
  core.check(core.exports.replay(0, true, true, false), "a replay of random states");
}

/** The network's part of the same drives, a sample per call, and of the drive that lies in the core now. */
export function networkAnswers(core: Core, drives: readonly Sketch[]): NetworkSamples {
  const { task } = core.setup;
  const outputs = task.columns.setpoint.length + task.columns.gain.length;
  const inputs = core.exports.domainSize(core.exports.Part.network);
  const features: number[] = [];
  const offsets: number[] = [];
  const collect = (): void => {
    const [, segments = 0] = core.view("counts");
    const row = core.view("activations").length / core.setup.segments;
    for (let j = 0; j < segments; j++) {
      features.push(...core.view("activations").subarray(j * row, j * row + inputs));
      offsets.push(...core.view("outputs").subarray(j * outputs, (j + 1) * outputs));
    }
  };
  collect();
  for (const drive of drives) {
    replay(core, drive);
    collect();
  }
  return {
    count: features.length / inputs,
    features: { width: inputs, data: Float64Array.from(features) },
    offsets: { width: outputs, data: Float64Array.from(offsets) },
  };
}

/** A robot that stands at the origin on its setpoint, in any direction: the commanded velocity has none. */
export function standing(core: Core, policy: PolicyDescription, count: number, seed: number): Samples {
  const sizes = sizesOf(policy);
  const uniform = uniformFrom(seed);
  const { exports } = core;
  const table = (width: number): Table => ({ width, data: new Float64Array(width * count) });
  const memory = memoryTables(sizes, table);
  const given = { state: table(sizes.state), time: table(1), call_network: table(1) };
  const command = table(sizes.command);
  const probe = core.view("probe");
  const y = probe.subarray((2 * probe.length) / 7);
  const references = policy.columns.reference.length;
  for (let row = 0; row < count; row++) {
    policy.columns.state.forEach((name, i) => {
      if (name === "phi [rad]") given.state.data[sizes.state * row + i] = Math.fround(20 * uniform() - 10);
    });
    given.time.data[row] = Math.fround(policy.clock.controlPeriod * (1 + 4 * uniform()));
    if ("gains" in memory) memory.gains.data.set(policy.nominalGains.map(Math.fround), sizes.gains * row);
    probe.fill(0);
    exports.evaluatePart(exports.Part.reference, (given.time.data[row] ?? 0) + policy.clock.lead);
    const reference = y.slice(0, references);
    probe.set(given.state.data.subarray(sizes.state * row, sizes.state * (row + 1)));
    probe.set(reference, sizes.state);
    if ("gains" in memory) probe.set(policy.nominalGains.map(Math.fround), sizes.state + references);
    exports.evaluatePart(exports.Part.controller, 0);
    command.data.set(y.subarray(0, sizes.command), sizes.command * row);
  }
  const next = Object.fromEntries(Object.entries(memory).map(([name, values]) => [`next_${name}`, values]));
  return { count, inputs: { ...given, ...memory }, outputs: { command, ...next } };
}

/** The same drives with states and times up to one `rounding` (relative) away. */
export function disturbed(drives: readonly Sketch[], rounding: number, seed: number): Sketch[] {
  const uniform = uniformFrom(seed);
  const off = (value: number): number => value * (1 + rounding * (2 * uniform() - 1));
  return drives.map(({ states, times, starts }) => ({ states: states.map(off), times: times.map(off), starts }));
}

/** Both sets of samples in one. */
export function together(a: Samples, b: Samples): Samples {
  const joined = (one: Samples["inputs"], other: Samples["inputs"]) =>
    Object.fromEntries(
      Object.entries(one).map(([name, { width, data }]) => {
        const all = new Float64Array(data.length + (other[name]?.data.length ?? 0));
        all.set(data);
        all.set(other[name]?.data ?? [], data.length);
        return [name, { width, data: all }];
      }),
    );
  return { count: a.count + b.count, inputs: joined(a.inputs, b.inputs), outputs: joined(a.outputs, b.outputs) };
}

export type { Sketch, Timing };
