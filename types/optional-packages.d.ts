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

declare module "js-aruco2/src/dictionaries/apriltag_36h11.js" {}

declare module "js-aruco2/src/aruco.js" {
  export const AR: {
    readonly Detector: new (options: {
      readonly dictionaryName: string;
      readonly maxHammingDistance: number;
    }) => {
      detectImage(
        width: number,
        height: number,
        data: Uint8ClampedArray,
      ): readonly {
        readonly id: number;
        readonly corners: readonly { readonly x: number; readonly y: number }[];
      }[];
    };
    /** `codeList`: of each tag its bits, row by row, as "0" and "1" */
    readonly Dictionary: new (
      name: string,
    ) => { readonly codeList: readonly string[] };
  };
}
