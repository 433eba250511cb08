/** The numerical core: whether it loads, computes what it must, and how fast. */

import { messageOf, UserError } from "../errors.js";
import { here, repairOf } from "../installation.js";
import { type Finding, type Group, named, note, ok, problem } from "./check.js";
import type { CoreProbe, System } from "./system.js";

/** A module with one function: i32x4.splat of 0, dropped. */
const SIMD = wasm([0x41, 0, 0xfd, 0x11, 0x1a]);
/** The same with f32x4.relaxed_madd of three zero vectors. */
const RELAXED_SIMD = wasm([0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, 0xfd, 0x85, 0x02, 0x1a]);
/** What probeCore (core-probe.ts) gives on every machine, to the last bit. */
export const KNOWN_STATE: readonly number[] = [
  0.41559672962776223, -0.17680058920003947, 2.8781901747074796, -4.282172962129305,
];
/** A tenth of the control period of 20 ms [µs]. */
const SLOW_STEP = 2000;

export const core: Group = {
  name: "core",
  checks: [
    { name: "WebAssembly SIMD", run: simd },
    { name: "rollout", run: rollout },
    { name: "relaxed SIMD", run: relaxedSimd },
  ],
};

function simd(system: System): Finding {
  return system.validatesWasm(SIMD)
    ? ok("there")
    : problem("this Node or processor does not have it", "use Node 20.20 or newer on a processor with SSE4.1 or Neon");
}

function relaxedSimd(system: System): Finding {
  return system.validatesWasm(RELAXED_SIMD)
    ? ok("there")
    : note(
        "not there; only the setting `arithmetic: fused` needs it",
        "node --experimental-wasm-relaxed-simd, or Node 22",
      );
}

async function rollout(system: System): Promise<Finding[]> {
  let probe: CoreProbe;
  try {
    probe = await system.probeCore();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [problem(messageOf(error), repairOf(here()))];
  }
  const { finalState, stepMicroseconds } = probe;
  const same =
    finalState.length === KNOWN_STATE.length && finalState.every((value, i) => Object.is(value, KNOWN_STATE[i]));
  if (!same)
    return [problem(`ended at ${finalState.join(", ")}; known is ${KNOWN_STATE.join(", ")}`, repairOf(here()))];
  const time = `${stepMicroseconds < 10 ? stepMicroseconds.toFixed(1) : stepMicroseconds.toFixed(0)} µs`;
  return [
    ok("the core loads and computes the known result, bit for bit"),
    named(
      "control step",
      stepMicroseconds < SLOW_STEP
        ? ok(`${time}, network included (median)`)
        : note(`${time} of a control period of 20 ms (median)`, "end other programs, then lapgrad doctor"),
    ),
  ];
}

/** A module whose only function takes and gives nothing and has this body. */
function wasm(body: readonly number[]): Uint8Array {
  const code = [0, ...body, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...[10, code.length + 2, 1, code.length, ...code],
  ]);
}
