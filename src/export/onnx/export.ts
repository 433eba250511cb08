/** A policy, or its network alone, as an ONNX model. */
import { UserError } from "../../errors.js";
import type { PolicyDescription, Provenance } from "../description.js";
import { type Expression, input } from "../expression.js";
import { scaledNetwork, sizesOf, step } from "../policy.js";
import { encodeModel, type OnnxModel, type Port } from "./model.js";
import { OnnxPrinter, type Precision } from "./print.js";

export type What = "network" | "policy";

/** Inputs and outputs that carry the policy's own state, by its name in src/export/policy.ts. */
export const MEMORY = {
  previous: "previous_setpoint",
  setpoint: "setpoint",
  gains: "gains",
  segmentStart: "segment_start",
} as const;
export const next = (name: string): string => `next_${name}`;

/** @throws UserError if the network alone is asked for, and its outputs are not yet the offsets */
export function exportOnnx(policy: PolicyDescription, what: What, precision: Precision): Uint8Array {
  if (what === "network" && policy.adjustment)
    throw new UserError(
      "--what is network, but the policy also has an adjustment, which the network alone lacks: use --what policy",
    );
  if (what === "network" && policy.features === "path")
    throw new UserError(
      "--what is network, but this network sees the path, along which the policy turns its offsets: use --what policy",
    );
  return encodeModel(what === "network" ? networkModel(policy, precision) : policyModel(policy, precision));
}

function networkModel(policy: PolicyDescription, precision: Precision): OnnxModel {
  const { columns, layers } = policy;
  const features: Port = { name: "features", width: columns.feature.length, doc: columns.feature.join(", ") };
  const gains = columns.gain.length > 0 ? `, then of gains ${columns.gain.join(", ")}` : "";
  const offsets: Port = {
    name: "offsets",
    width: policy.scale.length,
    doc: `offsets of setpoint ${columns.setpoint.join(", ")}${gains}`,
  };
  const printer = new OnnxPrinter(precision, layers, features.name, [features.name, offsets.name]);
  printer.printAs(offsets.name, scaledNetwork(policy, input(features.name, features.width)));
  const doc = "Network of a policy: from what it sees to offsets of setpoint and gains, the scale included.";
  return common(policy, "network", doc, precision, printer, [features], [offsets]);
}

function policyModel(policy: PolicyDescription, precision: Precision): OnnxModel {
  const { columns, layers } = policy;
  const sizes = sizesOf(policy);
  const row = (names: readonly string[]): string => names.join(", ");
  const state: Port = { name: "state", width: sizes.state, doc: row(columns.state) };
  const time: Port = { name: "time", width: 1, doc: "task time [s], at least 0; may be taken modulo the period" };
  const flag: Port = { name: "call_network", width: 1, doc: "1: the network is due at this step, 0: it is not" };
  const memory: (Port & { key: keyof typeof MEMORY })[] = [
    { key: "previous", name: MEMORY.previous, width: sizes.setpoint, doc: row(columns.setpoint) },
    { key: "setpoint", name: MEMORY.setpoint, width: sizes.setpoint, doc: row(columns.setpoint) },
    { key: "gains", name: MEMORY.gains, width: sizes.gains, doc: row(columns.gain) },
    {
      key: "segmentStart",
      name: MEMORY.segmentStart,
      width: 1,
      doc: "task time of the last network call [s]; -1: none yet",
    },
  ];
  const kept = memory.filter(({ width }) => width > 0);
  const ports = [state, time, flag, ...kept];
  const rows: Readonly<Partial<Record<string, Expression>>> = Object.fromEntries(
    ports.map(({ name, width }) => [name, input(name, width)]),
  );
  const at = (name: string): Expression => rows[name] ?? input(name, 0);
  const result = step(policy, at("state"), at("time"), at("call_network"), {
    previous: at(MEMORY.previous),
    setpoint: at(MEMORY.setpoint),
    gains: sizes.gains > 0 ? at(MEMORY.gains) : undefined,
    segmentStart: at(MEMORY.segmentStart),
  });
  const names = ["command", ...ports.map(({ name }) => name), ...kept.map(({ name }) => next(name))];
  const printer = new OnnxPrinter(precision, layers, time.name, names);
  const outputs: Port[] = [{ name: "command", width: sizes.command, doc: row(columns.input) }];
  printer.printAs("command", result.command);
  for (const { key, name, width, doc } of kept) {
    const expression = result.next[key];
    if (!expression) continue;
    printer.printAs(next(name), expression);
    outputs.push({ name: next(name), width, doc });
  }
  const doc =
    "One control step of a policy: network, task clock, reference, tracking controller, clamps. Feed next_* back as " +
    "the inputs of the same name; begin with zeros and segment_start -1.";
  return common(policy, "policy", doc, precision, printer, ports, outputs);
}

function common(
  policy: PolicyDescription,
  what: What,
  doc: string,
  precision: Precision,
  printer: OnnxPrinter,
  inputs: readonly Port[],
  outputs: readonly Port[],
): OnnxModel {
  return {
    name: `${policy.task.name}-${what}`,
    doc,
    element: precision,
    producerVersion: policy.provenance.lapgrad,
    nodes: printer.nodes,
    initializers: printer.initializers,
    inputs,
    outputs,
    metadata: metadataOf(policy, what, [...inputs, ...outputs]),
  };
}

/**
 * What a reader wants to know by itself, and the whole description without the weights, which the initializers hold.
 */
function metadataOf(policy: PolicyDescription, what: What, ports: readonly Port[]): Record<string, string> {
  const { layers: _, ...rest } = policy;
  const { version, task, robot, timing, clock, nominalGains, scale, provenance } = policy;
  const { updates, trainingMinutes, finalCost, checkpoint, lapgrad }: Provenance = provenance;
  return {
    what,
    task: task.name,
    robot,
    timing,
    control_period_s: `${clock.controlPeriod}`,
    network_period_s: `${clock.networkPeriod}`,
    steps_per_segment: `${clock.stepsPerSegment}`,
    time_period_s: `${clock.period}`,
    nominal_gains: JSON.stringify(nominalGains),
    ...Object.fromEntries(ports.map(({ name, doc }) => [`units_${name}`, doc])),
    scale: JSON.stringify(scale),
    updates: `${updates}`,
    training_minutes: `${trainingMinutes}`,
    final_cost: finalCost === null ? "" : `${finalCost}`,
    lapgrad_version: lapgrad,
    checkpoint_sha256: checkpoint,
    format_version: `${version}`,
    description: JSON.stringify(rest),
  };
}
