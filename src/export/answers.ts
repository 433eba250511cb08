/** What the core does at the steps that an exported policy is checked on. */
import type { Core } from "../core/core.js";
import { uniformFrom } from "../statistics.js";
import type { PolicyDescription } from "./description.js";
import { type Sizes, sizesOf } from "./policy.js";
import type { Sketch } from "./samples.js";

/** Rows of numbers, one row per sample. */
export interface Table {
  readonly width: number;
  readonly data: Float64Array;
}

/**
 * The numbers of one input of many steps, `count` rows of `width`.
 * @throws Error if it is not given, or has other rows: read on, it would count as zeros
 */
export function rowsOf(inputs: Samples["inputs"], name: string, width: number, count: number): Float64Array {
  const table = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (table?.data.length === width * count) return table.data;
  const got = table ? `${table.data.length} numbers` : "nothing";
  throw new Error(`the policy's input "${name}" has ${got}; allowed are ${count} rows of ${width}`);
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
      for (let t = drive.starts[j]; t < drive.starts[j + 1]; t++, row++) {
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
  put(to.segment_start, row, drive.times, drive.starts[j]);
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
    core.view("segmentTimes")[j] = times[start];
    core.view("segmentStates").set(states.subarray(n * start, n * (start + 1)), n * j);
  }
  core.replay(0, "called", true);
}

/** The network's part of the same drives, a sample per call, and of the drive that lies in the core now. */
export function networkAnswers(core: Core, drives: readonly Sketch[]): NetworkSamples {
  const { task } = core.setup;
  const outputs = task.columns.setpoint.length + task.columns.gain.length;
  const inputs = core.lawSizes("network").domain;
  const features: number[] = [];
  const offsets: number[] = [];
  const collect = (): void => {
    const [, segments] = core.view("counts");
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
    core.evaluateLaw("reference", given.time.data[row] + policy.clock.lead);
    const reference = y.slice(0, references);
    probe.set(given.state.data.subarray(sizes.state * row, sizes.state * (row + 1)));
    probe.set(reference, sizes.state);
    if ("gains" in memory) probe.set(policy.nominalGains.map(Math.fround), sizes.state + references);
    core.evaluateLaw("controller");
    command.data.set(y.subarray(0, sizes.command), sizes.command * row);
  }
  const next = Object.fromEntries(Object.entries(memory).map(([name, values]) => [`next_${name}`, values]));
  return { count, inputs: { ...given, ...memory }, outputs: { command, ...next } };
}

/** Both sets of samples in one. */
export function together(a: Samples, b: Samples): Samples {
  const joined = (one: Samples["inputs"], other: Samples["inputs"]) =>
    Object.fromEntries(
      Object.entries(one).map(([name, { width, data }]) => [
        name,
        { width, data: new Float64Array([...data, ...other[name].data]) },
      ]),
    );
  return { count: a.count + b.count, inputs: joined(a.inputs, b.inputs), outputs: joined(a.outputs, b.outputs) };
}
