/** What is used of packages that need not be installed, so that the host compiles without them. */
declare module "rclnodejs";

declare module "onnxruntime-node" {
  export interface Tensor {
    readonly data: Float32Array | Float64Array;
    readonly dims: readonly number[];
  }
  export const Tensor: new (
    type: "float32" | "float64",
    data: Float32Array | Float64Array,
    dims: readonly number[],
  ) => Tensor;
  export interface InferenceSession {
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
    release(): Promise<void>;
  }
  export const InferenceSession: {
    create(
      model: Uint8Array,
      options: { readonly intraOpNumThreads: number; readonly interOpNumThreads: number },
    ): Promise<InferenceSession>;
  };
}
