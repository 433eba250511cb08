/** A policy as one WebAssembly file: the module of assembly/policy-module.ts with the policy laid into its memory. */
import { readFile } from "node:fs/promises";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { problemOf } from "../files.js";
import { rowsOf } from "./answers.js";
import type { PolicyDriver } from "./closed-loop.js";
import type { PolicyDescription } from "./description.js";
import type { Runner } from "./parity.js";
import type { Sizes } from "./policy.js";

const PAGE = 65536;
/** Where the module looks for its policy: POLICY in assembly/policy-module.ts. */
const POLICY = PAGE;
const HEADER = 8;
/** Ids of sections of a module; those of id 0 have a name and mean nothing to the module. */
const CUSTOM = 0;
const MEMORY = 5;
const DATA = 11;
const DATA_COUNT = 12;

/** Name of the section that holds what `step` is given and answers, {@link Interface}. */
const INTERFACE = "lapgrad-policy";

/** What a host must know of a policy to step it: a part of its description. */
export type Interface = Pick<PolicyDescription, "timing" | "clock"> & {
  /** name of the task */
  readonly task: string;
  readonly columns: Pick<PolicyDescription["columns"], "state" | "input">;
};

export function interfaceOf({ task, timing, clock, columns: { state, input } }: PolicyDescription): Interface {
  return { task: task.name, timing, clock, columns: { state, input } };
}

/** `core`: with the policy's parameters and timing. */
export async function exportWasm(core: Core, policy: PolicyDescription): Promise<Uint8Array> {
  const file = new URL("../../core/policy.wasm", import.meta.url);
  const module = await readFile(file).catch((error: unknown) => {
    throw new UserError(`cannot read ${file.pathname}: ${problemOf(error)}; run \`npm run build\` first`, 1);
  });
  if (!WebAssembly.validate(module))
    throw new UserError(`${file.pathname} is not a whole module; run \`npm run build\` again`, 1);
  const image = imageOf(core, policy);
  const pages = Math.ceil((POLICY + image.byteLength) / PAGE);
  const whole = rewritten(module, {
    [MEMORY]: () => [1, 0, ...unsigned(pages)],
    [DATA]: (content) => withSegment(content, image),
    [DATA_COUNT]: (content) => unsigned(readUnsigned(content, 0).value + 1),
  });
  const name = Buffer.from(INTERFACE);
  const content = Buffer.concat([
    Uint8Array.from(unsigned(name.length)),
    name,
    Buffer.from(JSON.stringify(interfaceOf(policy))),
  ]);
  return Buffer.concat([whole, Uint8Array.of(CUSTOM, ...unsigned(content.length)), content]);
}

/** What an exported module says of itself; undefined: it is none of ours, or of an earlier version. */
export function interfaceIn(module: WebAssembly.Module): Interface | undefined {
  const [section] = WebAssembly.Module.customSections(module, INTERFACE);
  return section && (JSON.parse(Buffer.from(section).toString()) as Interface);
}

/** The doubles that the module takes, in its order. */
function imageOf(core: Core, { clock }: PolicyDescription): Uint8Array {
  const { exports: E, setup } = core;
  const { task } = setup;
  const sizes = new Array<number>(E.Dimension.count).fill(0);
  const set = (which: number, value: number): void => {
    sizes[which] = value;
  };
  const indexOf = (table: object, kind: string) => (table as Readonly<Record<string, number>>)[kind];
  set(E.Dimension.model, indexOf(E.Models, task.model.kind));
  set(E.Dimension.plant, indexOf(E.Plants, setup.plant.kind));
  set(E.Dimension.controller, indexOf(E.Controllers, task.controller.kind));
  set(E.Dimension.reward, indexOf(E.Rewards, task.reward.kind));
  set(E.Dimension.reference, indexOf(E.References, task.reference.kind));
  set(E.Dimension.task, indexOf(E.Tasks, task.task.kind));
  for (const one of [E.Dimension.rollouts, E.Dimension.steps, E.Dimension.segments]) set(one, 1);
  set(E.Dimension.pathNodes, core.shapeOf("path").rows);
  set(E.Dimension.hiddenLayers, task.network.hidden.length);
  for (const [i, width] of task.network.hidden.entries()) set(E.Dimension.hiddenWidth0 + i, width);
  const regions = [
    "controllerParameters",
    "referenceParameters",
    "taskParameters",
    "path",
    "outputScale",
    "nominalGains",
    "parameters",
    "adjustment",
  ] as const;
  const options = [clock.lookahead, clock.lead, clock.openFromState ? 1 : 0, clock.period];
  const numbers = [...sizes, ...options, ...regions.flatMap((region) => [...core.view(region)])];
  return new Uint8Array(Float64Array.from([8 * (numbers.length + 1), ...numbers]).buffer);
}

/** The module with the contents of some sections replaced. */
function rewritten(
  module: Uint8Array,
  changes: Readonly<Partial<Record<number, (content: Uint8Array) => readonly number[] | Uint8Array>>>,
): Uint8Array {
  const parts: Uint8Array[] = [module.subarray(0, HEADER)];
  for (let at = HEADER; at < module.length; ) {
    const id = module[at];
    const size = readUnsigned(module, at + 1);
    const content = module.subarray(size.end, size.end + size.value);
    const changed = Uint8Array.from(changes[id]?.(content) ?? content);
    parts.push(Uint8Array.of(id, ...unsigned(changed.length)), changed);
    at = size.end + size.value;
  }
  return Buffer.concat(parts);
}

/** A data section with one more segment, which lies at {@link POLICY}. */
function withSegment(content: Uint8Array, bytes: Uint8Array): Uint8Array {
  const count = readUnsigned(content, 0);
  const [active, constant, end] = [0, 0x41, 0x0b];
  const segment = [active, constant, ...signed(POLICY), end, ...unsigned(bytes.length)];
  const parts = [unsigned(count.value + 1), content.subarray(count.end), segment, bytes];
  return Buffer.concat(parts.map((part) => Uint8Array.from(part)));
}

/** LEB128, the module's variable-length whole numbers. */
function readUnsigned(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let i = at, factor = 1; ; i++, factor *= 128) {
    const byte = bytes[i];
    value += (byte & 127) * factor;
    if (byte < 128) return { value, end: i + 1 };
  }
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(Math.floor(value / 128))];
}

function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(Math.floor(value / 128))];
}

interface PolicyModule {
  readonly memory: WebAssembly.Memory;
  state(): number;
  begin(): void;
  step(time: number, networkIsDue: number): number;
}

/** A driver that answers at once. */
interface SteppedPolicy extends PolicyDriver {
  step(state: Float64Array, time: number, callNetwork: boolean): Float64Array;
}

/** An exported module at work. */
export class WasmPolicy {
  private constructor(
    private readonly module: PolicyModule,
    private readonly sizes: Pick<Sizes, "state" | "command">,
  ) {}

  static async instantiate(bytes: Uint8Array, policy: PolicyDescription): Promise<WasmPolicy> {
    return WasmPolicy.of(await WebAssembly.compile(bytes), interfaceOf(policy));
  }

  static async of(compiled: WebAssembly.Module, { columns }: Interface): Promise<WasmPolicy> {
    const { exports } = await WebAssembly.instantiate(compiled);
    const sizes = { state: columns.state.length, command: columns.input.length };
    return new WasmPolicy(exports as unknown as PolicyModule, sizes);
  }

  driver(): SteppedPolicy {
    const { module, sizes } = this;
    const state = new Float64Array(module.memory.buffer, module.state(), sizes.state);
    let command = new Float64Array();
    return {
      begin: () => module.begin(),
      /** The answer is a view that the next step overwrites. */
      step: (x, time, callNetwork) => {
        state.set(x);
        const address = module.step(time, callNetwork ? 1 : 0);
        if (command.byteOffset !== address) command = new Float64Array(module.memory.buffer, address, sizes.command);
        return command;
      },
    };
  }

  /**
   * Steps one after the other; a drive begins where no network call was made before. The policy's own state stays
   * inside.
   */
  run: Runner = async (inputs, count) => {
    const driver = this.driver();
    const { sizes } = this;
    const data = new Float64Array(sizes.command * count);
    const states = rowsOf(inputs, "state", sizes.state, count);
    const [times, calls, starts] = ["time", "call_network", "segment_start"].map((name) =>
      rowsOf(inputs, name, 1, count),
    );
    for (let row = 0; row < count; row++) {
      if (starts[row] === -1) driver.begin();
      const x = states.subarray(sizes.state * row, sizes.state * (row + 1));
      const command = driver.step(x, times[row], calls[row] === 1);
      data.set(command, sizes.command * row);
    }
    return { command: { width: sizes.command, data } };
  };
}
