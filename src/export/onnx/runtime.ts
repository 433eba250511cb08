/** onnxruntime-node, an optional package that is loaded only here, on one thread. */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { messageOf } from "../../errors.js";
import type { Table } from "../answers.js";
import type { PolicyDriver } from "../closed-loop.js";
import type { PolicyDescription } from "../description.js";
import type { Runner } from "../parity.js";
import { sizesOf } from "../policy.js";
import type { Precision } from "./print.js";

export type Runtime = typeof import("onnxruntime-node");

/** The package, or why it cannot be used. */
export async function loadRuntime(): Promise<{ runtime: Runtime } | { absent: string }> {
  try {
    return { runtime: await import("onnxruntime-node") };
  } catch (error) {
    return { absent: messageOf(error).split("\n", 1)[0] };
  }
}

/** A model in onnxruntime. */
export class OnnxSession {
  private constructor(
    private readonly runtime: Runtime,
    private readonly session: InferenceSession,
    private readonly precision: Precision,
  ) {}

  static async open(runtime: Runtime, model: Uint8Array, precision: Precision): Promise<OnnxSession> {
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
    return new OnnxSession(runtime, await runtime.InferenceSession.create(model, options), precision);
  }

  /** Rows of many steps at once. */
  run: Runner = async (inputs, count) => {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { width, data }]) => [name, this.tensor(data, count, width)]),
    );
    const results = await this.session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, { dims, data }]): [string, Table] => [
        name,
        { width: dims[1], data: Float64Array.from(data as Float32Array | Float64Array) },
      ]),
    );
  };

  /** Steps one after the other, the policy's state fed back from output to input. */
  driver(policy: PolicyDescription): PolicyDriver {
    const { state, setpoint, gains } = sizesOf(policy);
    const widths = { previous_setpoint: setpoint, setpoint, ...(gains > 0 ? { gains } : {}), segment_start: 1 };
    let memory: Record<string, OrtTensor> = {};
    return {
      begin: () => {
        memory = Object.fromEntries(
          Object.entries(widths).map(([name, width]) => [name, this.tensor(new Float64Array(width), 1, width)]),
        );
        memory.segment_start = this.tensor(Float64Array.of(-1), 1, 1);
      },
      step: async (x, time, callNetwork) => {
        const feeds = {
          ...memory,
          state: this.tensor(x, 1, state),
          time: this.tensor(Float64Array.of(time), 1, 1),
          call_network: this.tensor(Float64Array.of(callNetwork ? 1 : 0), 1, 1),
        };
        const { command, ...next } = await this.session.run(feeds);
        memory = Object.fromEntries(Object.entries(next).map(([name, tensor]) => [name.replace(/^next_/, ""), tensor]));
        return Float64Array.from((command as OrtTensor).data as Float32Array);
      },
    };
  }

  async close(): Promise<void> {
    await this.session.release();
  }

  private tensor(data: Float64Array, count: number, width: number): OrtTensor {
    const dims = [count, width];
    return this.precision === "float32"
      ? new this.runtime.Tensor("float32", Float32Array.from(data), dims)
      : new this.runtime.Tensor("float64", data.slice(), dims);
  }
}
