/** Files of each kind, how they are changed, and the command that reads them. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse, stringify } from "yaml";
import { runCommand } from "../../../src/cli/command.js";
import exportCommand from "../../../src/cli/commands/export.js";
import gradientCommand from "../../../src/cli/commands/gradient.js";
import importCommand from "../../../src/cli/commands/import.js";
import replayCommand from "../../../src/cli/commands/replay.js";
import { givenSettings } from "../../../src/cli/settings.js";
import { completeConfig, type PartialConfig } from "../../../src/config/config.js";
import type { SettingName } from "../../../src/config/schema.js";
import { settings } from "../../../src/config/schema.js";
import { forms } from "../../../src/export/forms.js";
import { openSource } from "../../../src/export/source.js";
import { SimLink } from "../../../src/links/kinds/sim.js";
import type { Output } from "../../../src/output.js";
import { readRecording } from "../../../src/recording/reader.js";
import { DriveRecorder } from "../../../src/recording/stream.js";
import { coreFor, initialisePolicy } from "../../../src/session.js";
import { trainRun } from "../runs.js";
import { mutateCheckpoint, stoppedRun, useCheckpoint } from "./checkpoint.js";
import { contentsOf, type McapContents, mutateMcap } from "./mcap.js";
import { mutateMessage, type Shape } from "./protobuf.js";
import { mutateBytes, mutateValue, type Random } from "./random.js";

/** One kind of input. */
export interface InputKind {
  /** Another input each time. */
  mutate(random: Random): Uint8Array | Promise<Uint8Array>;
  /** Does what the command does with the file at `path`. */
  run(path: string, output: Output): Promise<unknown>;
}

/** Everything that is changed: a small run of a car, and what is made of it. */
interface Originals {
  readonly folder: string;
  readonly run: string;
  readonly config: Buffer;
  readonly recordings: readonly Buffer[];
}

const SMALL: PartialConfig = { rollouts: 2, "rollout-segments": 4, window: "1:0:0", hidden: [4], update: "adam" };

async function originalsIn(folder: string): Promise<Originals> {
  const run = join(folder, "run");
  await trainRun({ given: { ...SMALL, "update-every": "rollout" }, out: run });
  const rollout = join(run, "rollouts", "0001.mcap");
  return {
    folder,
    run,
    config: await readFile(join(run, "config.yaml")),
    recordings: [await readFile(rollout), await driveOf(rollout, join(folder, "drive.mcap"))],
  };
}

/** The same steps as a drive that was recorded as it happened. */
async function driveOf(rollout: string, path: string): Promise<Buffer> {
  const { info, ...rows } = await readRecording(rollout);
  const row = (values: Float64Array, count: number, i: number) => {
    const width = values.length / count;
    return values.subarray(i * width, (i + 1) * width);
  };
  const recorder = await DriveRecorder.create(path, { ...info, drive: 1, began: new Date(0) });
  const [steps, segments] = [rows.times.length, rows.segmentTimes.length];
  let segment = 0;
  for (let i = 0; i < steps; i++) {
    for (; rows.segmentStarts[segment] === i; segment++)
      recorder.segment({
        time: rows.times[i] ?? 0,
        firstStep: i,
        taskTime: rows.segmentTimes[segment] ?? 0,
        state: row(rows.segmentStates, segments, segment),
        outputs: row(rows.outputs, segments, segment),
        setpoint: row(rows.setpoints, segments, segment),
        gains: row(rows.gains, segments, segment),
      });
    recorder.step({
      time: rows.times[i] ?? 0,
      state: row(rows.states, steps, i),
      input: row(rows.inputs, steps, i),
      reference: row(rows.references, steps, i),
      residuals: row(rows.residuals, steps, i),
      cost: rows.costs[i],
    });
  }
  recorder.event({ time: 0.1, level: "info", name: "note", message: "an event" });
  await recorder.close();
  return readFile(path);
}

/** Settings that the command line has for a training. */
const ALL = Object.keys(settings) as SettingName[];
/** A network or a segment that is larger takes its time by right: then only the settings are looked at. */
const MOST_WIDTH = 64;
const MOST_STEPS = 500;
const SEGMENTS = 4;

/** `--config`: the settings, and where they are small a core by them that drives a few segments. */
async function useConfig(path: string, output: Output): Promise<void> {
  const config = completeConfig(await givenSettings(ALL, { config: path }));
  const isLarge = Math.max(...config.hidden) > MOST_WIDTH || config["steps-per-segment"] * SEGMENTS > MOST_STEPS;
  if (isLarge) return;
  const segments = Math.min(SEGMENTS, config["rollout-segments"]);
  const core = await coreFor({ ...config, window: "0:0:0" }, 1, segments);
  initialisePolicy(core, config.seed);
  core.sampleStart(0);
  const { stopped } = await new SimLink().drive(core, 0, segments);
  output.result(stopped === undefined ? { loss: core.gradient(0, 1) } : { stopped });
}

/** YAML of the same settings with a value changed, or the text. */
function mutateConfig(random: Random, text: Buffer): Uint8Array {
  if (random.chance(0.35)) return mutateBytes(random, text);
  const values = parse(text.toString()) as Record<string, unknown>;
  const names = Object.keys(values).filter(() => random.chance(0.2));
  const few = Object.fromEntries(names.map((name) => [name, values[name]]));
  const parameters = { model: { drag: 0.5 }, reward: { radius: 1 }, controller: { throttleLimit: 0.6 } };
  const value = mutateValue(random, random.chance(0.3) ? { ...few, parameters } : few);
  return Buffer.from(stringify(value) ?? "");
}

const ONNX: Shape = { 7: { 1: { 5: {} }, 5: { 13: {} }, 11: { 2: {} }, 12: {} }, 8: {}, 14: {} };

/** JSON of a value that is changed, or of the text; now and then in gzip. */
function mutateJson(random: Random, value: unknown): Uint8Array {
  const isText = random.chance(0.25);
  const json = Buffer.from(JSON.stringify(isText ? value : mutateValue(random, value)) ?? "");
  const plain = isText ? mutateBytes(random, json) : json;
  if (random.chance(0.9)) return plain;
  return random.chance(0.5) ? gzipSync(plain) : mutateBytes(random, gzipSync(plain));
}

/** A run that is small too. */
const SMALL_OPTIONS = { update: "sgd", "update-every": "rollout", "rollout-segments": "4", window: "1:0:0" };

const importInto = (folder: string) => async (policy: string, output: Output) => {
  const out = join(folder, "imported");
  await rm(out, { recursive: true, force: true });
  return runCommand(importCommand, { policy, out, ...SMALL_OPTIONS }, output);
};

export const KINDS: Readonly<Record<string, (folder: string) => Promise<InputKind>>> = {
  config: async (folder) => {
    const { config } = await originalsIn(folder);
    return { mutate: (random) => mutateConfig(random, config), run: useConfig };
  },

  checkpoint: async (folder) => {
    const fitted = { ...SMALL, "model-fit": true, "update-every": "rollout" } as const;
    const rollouts = await stoppedRun(join(folder, "rollouts"), fitted);
    const laps = await stoppedRun(join(folder, "laps"), { hidden: [4] });
    let run = rollouts;
    return {
      mutate: (random) => {
        run = random.chance(0.1) ? laps : rollouts; // laps keep more, and take their time
        return mutateCheckpoint(random, run.checkpoint);
      },
      run: (path, output) => useCheckpoint(run, path, output),
    };
  },

  mcap: async (folder) => {
    const { recordings } = await originalsIn(folder);
    const contents: McapContents[] = recordings.map(contentsOf);
    return {
      mutate: (random) => {
        const at = random.below(recordings.length);
        return random.chance(0.2)
          ? mutateBytes(random, recordings[at] as Buffer)
          : mutateMcap(random, contents[at] as McapContents);
      },
      run: (recording, output) => runCommand(replayCommand, { recording }, output),
    };
  },

  onnx: async (folder) => {
    const { run } = await originalsIn(folder);
    // not by the command, whose check loads a runtime that takes half the memory
    const source = await openSource(run, "last", undefined);
    const bytes = Buffer.from((await forms.onnx?.write(source, { what: "policy", precision: "float64" })) ?? []);
    const description = descriptionIn(bytes);
    return {
      mutate: (random) => {
        if (random.chance(0.2)) return mutateBytes(random, bytes);
        if (random.chance(0.2))
          return withDescription(bytes, description, mutateValue(random, JSON.parse(description)));
        return mutateMessage(random, random.chance(0.3) ? mutateMessage(random, bytes, ONNX) : bytes, ONNX);
      },
      run: importInto(folder),
    };
  },

  policy: async (folder) => {
    const { run } = await originalsIn(folder);
    await runCommand(exportCommand, { run, format: "json", out: join(folder, "whole.json") }, silent);
    const policy = JSON.parse(await readFile(join(folder, "whole.json"), "utf8"));
    const { layers } = policy as { layers: { in: number; W: number[]; b: number[] }[] };
    const nested = layers.map(({ in: inputs, W, b }) => ({
      W: b.map((_, row) => W.slice(row * inputs, (row + 1) * inputs)),
      b,
    }));
    const originals = [policy, { layers }, { layers: nested }];
    return { mutate: (random) => mutateJson(random, random.pick(originals)), run: importInto(folder) };
  },

  case: async (folder) => {
    const { run } = await originalsIn(folder);
    await runCommand(exportCommand, { run, format: "json", out: join(folder, "whole.json") }, silent);
    const { layers } = JSON.parse(await readFile(join(folder, "whole.json"), "utf8"));
    const given = { name: "case", task: "car-figure8", t0: 0.5, x0: [0.1, 0.2, 1, 0.3], segments: 3, layers };
    const path = join(folder, "case.json");
    await writeFile(path, JSON.stringify(given));
    const results: object[] = [];
    await runCommand(gradientCommand, { case: path }, { ...silent, result: (value) => results.push(value as object) });
    const { xs, us, xf, stageCosts, loss, gradient } = results[0] as Record<string, unknown>;
    const originals = [given, { ...given, xs, us, xf, stageCosts, loss, gradient, windowStart: 1, modelScale: 0.5 }];
    return {
      mutate: (random) => mutateJson(random, random.pick(originals)),
      run: (path, output) => runCommand(gradientCommand, { case: path }, output),
    };
  },
};

const silent: Output = {
  terminal: undefined,
  say: () => {},
  format: (line) => line,
  print: () => {},
  result: () => {},
};

/** The JSON text in an ONNX file's metadata: it begins with its format and is the last entry. */
function descriptionIn(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  return text.slice(text.indexOf('{"format"'));
}

/** The file with another description, whose lengths fit. */
function withDescription(bytes: Buffer, description: string, value: unknown): Uint8Array {
  const [KEY, VALUE, ENTRY] = [0x0a, 0x12, 0x72];
  const sized = (tag: number, content: Uint8Array) => Buffer.concat([Buffer.of(tag), varint(content.length), content]);
  const key = Buffer.from("description");
  const text = Buffer.from(description, "latin1");
  const old = sized(ENTRY, Buffer.concat([sized(KEY, key), sized(VALUE, text)]));
  const begin = bytes.subarray(0, bytes.length - old.length);
  const changed = Buffer.from(JSON.stringify(value) ?? "");
  return Buffer.concat([begin, sized(ENTRY, Buffer.concat([sized(KEY, key), sized(VALUE, changed)]))]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.of(...bytes, rest);
}

/** Makes the folder in which a kind has its files. */
export async function kindIn(folder: string, name: string): Promise<InputKind> {
  const make = KINDS[name];
  if (!make) throw new Error(`there is no kind ${name}; kinds are: ${Object.keys(KINDS).join(", ")}`);
  await mkdir(folder, { recursive: true });
  return make(folder);
}
