/** A policy as one C99 file: static weights, no allocation, double or (with -DLAPGRAD_SINGLE) float. */
import { readFile } from "node:fs/promises";
import type { LayerDescription, PolicyDescription } from "../description.js";
import { type Expression, input } from "../expression.js";
import { command, opening, pathOf, plan, sizesOf } from "../policy.js";
import { CPrinter, literal } from "./print.js";

/** Where the build puts prelude.c and harness.c. */
export const assetOf = (name: string): URL => new URL(`../../../assets/export/${name}`, import.meta.url);

export async function exportC(policy: PolicyDescription): Promise<string> {
  const prelude = await readFile(assetOf("prelude.c"), "utf8");
  return [
    heading(policy),
    declarations(policy),
    "#ifndef LAPGRAD_DECLARATIONS_ONLY",
    prelude.trim(),
    "",
    "#define R(x) ((lapgrad_real)(x))",
    ...policy.layers.map(weights),
    networkFunction(policy.layers),
    ...pathTable(policy),
    ...functions(policy),
    stepFunction(policy),
    "#undef R",
    "#endif /* LAPGRAD_DECLARATIONS_ONLY */\n",
  ].join("\n");
}

function heading({ task, timing, clock, columns, provenance, layers }: PolicyDescription): string {
  const list = (names: readonly string[]): string => names.join(", ");
  const widths = [layers[0]?.in, ...layers.map(({ out }) => out)].join("-");
  const [dt, h] = [clock.controlPeriod, clock.networkPeriod];
  const { updates, trainingMinutes, finalCost, checkpoint } = provenance;
  const origin =
    `${updates} updates, ${trainingMinutes.toFixed(2)} min of driving, cost ${finalCost ?? "unknown"}, ` +
    `checkpoint ${checkpoint.slice(0, 16)}.`;
  return `/*
 * Policy of the task ${task.name} (${timing} timing), made by lapgrad ${provenance.lapgrad}.
 * ${origin}
 *
 * state:    ${list(columns.state)}
 * command:  ${list(columns.input)}
 * setpoint: ${list(columns.setpoint)}
 * gains:    ${list(columns.gain) || "none"}
 *
 * Call lapgrad_begin once, then lapgrad_step every ${dt} s, with call_network 1 every ${h} s
 * (every ${clock.stepsPerSegment} steps). The time is task time [s], at least 0; it may be taken modulo ${clock.period}
 * s, and in float it should be. Network ${widths}.
 *
 * Compile this file, with -ffp-contract=off for the bits of lapgrad's core, with -DLAPGRAD_SINGLE for float.
 * Elsewhere include it after #define LAPGRAD_DECLARATIONS_ONLY.
 */`;
}

function declarations(policy: PolicyDescription): string {
  const { state, command, setpoint, gains } = sizesOf(policy);
  const gainsRow = gains > 0 ? `  lapgrad_real gains[${gains}];\n` : "";
  return `#ifndef LAPGRAD_POLICY
#define LAPGRAD_POLICY

#ifdef LAPGRAD_SINGLE
typedef float lapgrad_real;
#else
typedef double lapgrad_real;
#endif

#define LAPGRAD_STATES ${state}
#define LAPGRAD_COMMANDS ${command}
#define LAPGRAD_SETPOINTS ${setpoint}
#define LAPGRAD_GAINS ${gains}

/* What the policy remembers between two steps. */
typedef struct {
  lapgrad_real previous_setpoint[${setpoint}];
  lapgrad_real setpoint[${setpoint}];
${gainsRow}  lapgrad_real segment_start; /* task time of the last network call [s]; below 0: none yet */
} lapgrad_policy;

void lapgrad_begin(lapgrad_policy *policy);
void lapgrad_step(lapgrad_policy *policy, const lapgrad_real state[${state}], lapgrad_real time, int call_network,
                  lapgrad_real command[${command}]);
#endif /* LAPGRAD_POLICY */
`;
}

function weights({ W, b, in: inputs, out }: LayerDescription, layer: number): string {
  const list = (values: readonly number[]): string => {
    const lines: string[] = [];
    for (let i = 0; i < values.length; i += 5)
      lines.push(
        `    ${values
          .slice(i, i + 5)
          .map(number)
          .join(", ")},`,
      );
    return lines.join("\n");
  };
  const number = (value: number): string => `R(${literal(value)})`;
  const array = (name: string, size: string, values: readonly number[]): string =>
    `static const lapgrad_real lapgrad_${name}${layer}[${size}] = {\n${list(values)}\n};\n`;
  return array("W", `${out} * ${inputs}`, W) + array("b", `${out}`, b);
}

/** The nodes of a track. */
function pathTable(policy: PolicyDescription): string[] {
  const { name, rows } = pathOf(policy);
  if (rows.length === 0) return [];
  const lines = rows.map((row) => `    {${row.map((value) => `R(${literal(value)})`).join(", ")}},`).join("\n");
  return [`static const lapgrad_real lapgrad_${name}[${rows.length}][${rows[0].length}] = {\n${lines}\n};\n`];
}

function networkFunction(layers: readonly LayerDescription[]): string {
  const room = (layer: number): string =>
    layer < 0 ? "features" : layer === layers.length - 1 ? "outputs" : `a${layer}`;
  const calls = layers.map(
    ({ in: inputs, out }, i) =>
      `  lapgrad_layer(lapgrad_W${i}, lapgrad_b${i}, ${room(i - 1)}, ${inputs}, ${out}, ${room(i)});`,
  );
  const rooms = layers.slice(0, -1).map(({ out }, i) => `  lapgrad_real a${i}[${out}];`);
  const body = [...rooms, ...calls].join("\n");
  return `static void lapgrad_network(const lapgrad_real *features, lapgrad_real *outputs) {\n${body}\n}\n`;
}

/** The three pieces that the policy's expressions make. */
function functions(policy: PolicyDescription): string[] {
  const sizes = sizesOf(policy);
  const state = input("state", sizes.state);
  const time = input("time", 1);
  const planned = plan(policy, state, time);
  const gains = sizes.gains > 0 ? input("gains", sizes.gains) : undefined;
  const memory = [input("previous_setpoint", sizes.setpoint), input("setpoint", sizes.setpoint)] as const;
  return [
    functionOf("The setpoint before the first.", "lapgrad_opening", [state, time], {
      setpoint: opening(policy, state, time),
    }),
    functionOf("What the network call sets.", "lapgrad_plan", [state, time], {
      setpoint: planned.setpoint,
      ...(planned.gains ? { gains: planned.gains } : {}),
    }),
    functionOf(
      "The command, `elapsed` seconds after the network call.",
      "lapgrad_act",
      [state, ...memory, ...(gains ? [gains] : []), input("elapsed", 1)],
      { command: command(policy, state, ...memory, gains, input("elapsed", 1)) },
    ),
  ];
}

/** Numbers by value, rows by address: those of one number too, unless they are times. */
const NUMBERS = ["time", "elapsed"];

function functionOf(
  comment: string,
  name: string,
  inputs: readonly Expression[],
  results: Readonly<Record<string, Expression>>,
): string {
  const names = inputs.map((row) => (row.op === "input" ? row.name : ""));
  const printer = new CPrinter([...names, ...Object.keys(results)], NUMBERS);
  const body = printer.body(results).flatMap((line) => line.split("\n"));
  const unused = names.filter((given) => !body.some((line) => new RegExp(`\\b${given}\\b`).test(line)));
  const parameters = [
    ...names.map((given) => (NUMBERS.includes(given) ? `lapgrad_real ${given}` : `const lapgrad_real *${given}`)),
    ...Object.keys(results).map((result) => `lapgrad_real *${result}`),
  ];
  const lines = [...unused.map((given) => `(void)${given};`), ...body].map((line) => `  ${line}`);
  return `/* ${comment} */\nstatic void ${name}(${parameters.join(", ")}) {\n${lines.join("\n")}\n}\n`;
}

function stepFunction(policy: PolicyDescription): string {
  const { state, command, setpoint, gains } = sizesOf(policy);
  const gainsOf = gains > 0 ? ", policy->gains" : "";
  return `void lapgrad_begin(lapgrad_policy *policy) { policy->segment_start = R(-1.0); }

void lapgrad_step(lapgrad_policy *policy, const lapgrad_real state[${state}], lapgrad_real time, int call_network,
                  lapgrad_real command[${command}]) {
  lapgrad_real elapsed;
  if (call_network || policy->segment_start < 0) {
    if (policy->segment_start < 0) {
      lapgrad_opening(state, time, policy->previous_setpoint);
    } else {
      int i;
      for (i = 0; i < ${setpoint}; i++) policy->previous_setpoint[i] = policy->setpoint[i];
    }
    lapgrad_plan(state, time, policy->setpoint${gainsOf});
    policy->segment_start = time;
  }
  elapsed = time - policy->segment_start;
  if (elapsed < 0) elapsed += R(${literal(policy.clock.period)});
  lapgrad_act(state, policy->previous_setpoint, policy->setpoint${gainsOf}, elapsed, command);
}
`;
}
