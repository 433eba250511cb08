/** Exported policies: written from a run, and stepped. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { completeConfig } from "../config/config.js";
import { oneOf, UserError } from "../errors.js";
import type { Check } from "../export/check.js";
import { describePolicy, installAdjustment, type Provenance } from "../export/description.js";
import { forms } from "../export/forms.js";
import { readPolicy } from "../export/import.js";
import { exportCore, openSource } from "../export/source.js";
import { exportWasm, type Interface, interfaceIn, WasmPolicy } from "../export/wasm.js";
import { writeAtomically } from "../files.js";
import { hiddenOf, setLayers } from "../policy-file.js";
import { readBytes } from "../recording/files.js";
import { readJson } from "../recording/json.js";

const TIMINGS = ["simulation", "hardware"] as const;

/** What is exported, and how. */
export interface ExportOptions {
  /** form of the file: `onnx` (the default), `c`, `json` or `wasm` */
  readonly format?: string | undefined;
  /** `policy` (the default): from state to command; `network`: the network alone, of onnx */
  readonly what?: string | undefined;
  /** of onnx `float32` (the default) or `float64`; the others are float64 */
  readonly precision?: string | undefined;
  /** whose clock the policy follows; by default as the run was driven */
  readonly timing?: "simulation" | "hardware" | undefined;
  /** `best` (the default), `last`, or the number of a checkpoint */
  readonly checkpoint?: string | undefined;
  /** file to write; by default `policy.<ending>` in the run's folder */
  readonly out?: string | undefined;
}

/** A file that was written. */
export interface ExportedPolicy {
  readonly run: string;
  readonly task: string;
  /** updates that made the policy */
  readonly updates: number;
  readonly what: string;
  readonly format: string;
  readonly precision: string;
  readonly timing: string;
  readonly file: string;
  /** size of the file */
  readonly bytes: number;
  /** comparisons with the core, all passed; null: there were none */
  readonly checks: readonly Check[] | null;
  /** why there were none, and what to do about it; null: there were */
  readonly unchecked: string | null;
}

/**
 * Writes a run's policy for other programs and compares it with the core, as `lapgrad export` does.
 * @throws UserError if the run has no such policy, or if what was written does not do what the core does
 */
export async function exportPolicy(run: string, options: ExportOptions = {}): Promise<ExportedPolicy> {
  const exported = await writePolicy(run, options);
  refuseUnlessSame(exported);
  return exported;
}

/** The same, with whatever the checks say. `mark`: before the names of options in errors. */
export async function writePolicy(run: string, options: ExportOptions, mark = ""): Promise<ExportedPolicy> {
  const format = oneOf(options.format ?? "onnx", `${mark}format`, Object.keys(forms));
  const form = forms[format];
  const what = oneOf(options.what ?? "policy", `${mark}what of ${mark}format ${format}`, form.whats);
  const [usual] = form.precisions;
  const precision = oneOf(options.precision ?? usual, `${mark}precision of ${mark}format ${format}`, form.precisions);
  const timing = options.timing === undefined ? undefined : oneOf(options.timing, `${mark}timing`, TIMINGS);
  const source = await openSource(run, options.checkpoint ?? "best", timing);
  const file = options.out ?? join(run, `${what}${precision === usual ? "" : `-${precision}`}.${form.ending}`);
  await writeAtomically(file, await form.write(source, { what, precision }));
  const bytes = await readFile(file);
  const verdict: Partial<Record<"checks", readonly Check[]> & Record<"unchecked", string>> = await form.check(
    source,
    { what, precision },
    bytes,
  );
  const { task, provenance } = source.policy;
  return {
    run,
    task: task.name,
    updates: provenance.updates,
    what,
    format,
    precision,
    timing: source.policy.timing,
    file,
    bytes: bytes.length,
    checks: verdict.checks ?? null,
    unchecked: verdict.unchecked ?? null,
  };
}

/** @throws UserError if what was written is not the policy */
export function refuseUnlessSame({ file, checks }: ExportedPolicy): void {
  const failed = checks?.find(({ passed }) => !passed);
  if (failed) throw new UserError(`${file} is not the policy: ${failure(failed)}. Do not drive with it`, 1);
}

function failure({ what, states, undecided, error, limit }: Check): string {
  if (error > limit)
    return `${what} differs from the core by ${error.toExponential(2)}, allowed is ${limit.toExponential(0)}`;
  return `${undecided} of ${states} states are beyond its precision`;
}

/** An exported policy, ready to be stepped. */
export interface Policy {
  /** name of the task that it does */
  readonly task: string;
  /** names and units of the state, in the order of the array, e.g. `x [m]` */
  readonly states: readonly string[];
  /** names and units of the command, in the order of the array */
  readonly commands: readonly string[];
  /** time between two steps [s] */
  readonly controlPeriod: number;
  /** time between two network calls [s] */
  readonly networkPeriod: number;
  /** in simulation, steps from one network call to the next */
  readonly stepsPerSegment: number;
  /** time after which the task repeats [s]: the time of a step is given modulo this */
  readonly period: number;
  /** whose clock it follows: that of a simulation, with fixed steps, or measured times */
  readonly timing: "simulation" | "hardware";
  /** forgets all earlier steps: before a drive */
  begin(): void;
  /**
   * One control step: the command for a state at a task time from 0 to `period` [s], with the network called or not
   * (the first step calls it in any case). The answer is a view that the next step overwrites. It checks nothing but
   * the number of components: whether a state is fresh and possible is for the program around it to say.
   */
  step(state: ArrayLike<number>, time: number, callNetwork: boolean): Float64Array;
}

/**
 * Loads a policy that was exported as WebAssembly or JSON; both do bit for bit what the core does.
 * @throws UserError if the file is neither, or of another version
 */
export async function loadPolicy(path: string): Promise<Policy> {
  const bytes = await readBytes(path);
  const isModule = Buffer.from(bytes.subarray(0, 4)).equals(Buffer.from("\0asm"));
  const { module, own } = await moduleIn(path, isModule ? bytes : await moduleOf(path));
  const driver = (await WasmPolicy.of(module, own)).driver();
  const { state, input } = own.columns;
  const { controlPeriod, networkPeriod, stepsPerSegment, period } = own.clock;
  const x = new Float64Array(state.length);
  return {
    task: own.task,
    states: state,
    commands: input,
    timing: own.timing,
    controlPeriod,
    networkPeriod,
    stepsPerSegment,
    period,
    begin: () => driver.begin(),
    step: (given, time, callNetwork) => {
      if (given.length !== x.length)
        throw new UserError(`the state has ${given.length} numbers; allowed are ${x.length}: ${state.join(", ")}`);
      x.set(given);
      return driver.step(x, time, callNetwork);
    },
  };
}

async function moduleIn(path: string, bytes: Uint8Array): Promise<{ module: WebAssembly.Module; own: Interface }> {
  const module = await WebAssembly.compile(Uint8Array.from(bytes)).catch(() => {
    throw new UserError(`${path} (${bytes.length} bytes) is not a whole WebAssembly module; export or copy it again`);
  });
  const own = interfaceIn(module);
  if (own) return { module, own };
  throw new UserError(
    `${path} does not say what state it takes: another program made it, or an earlier lapgrad; export it again`,
  );
}

/** The module of a policy as JSON. */
async function moduleOf(path: string): Promise<Uint8Array> {
  const { form, layers, settings, adjustment } = await readPolicy(path);
  if (form !== "policy as JSON")
    throw new UserError(
      `${path} holds a ${form}; allowed is a policy as WebAssembly or JSON: lapgrad export <run> --format wasm`,
    );
  const core = await exportCore(completeConfig({ ...settings, hidden: hiddenOf(layers) }));
  setLayers(core, layers, path);
  if (adjustment) installAdjustment(core, adjustment, path);
  const { timing, provenance } = (await readJson(path)) as { timing: unknown; provenance: Provenance };
  const known = oneOf(`${timing}`, `${path}: timing`, TIMINGS);
  return exportWasm(core, describePolicy(core, known, provenance));
}
