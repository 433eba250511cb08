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

declare module "ioredis" {
  export interface RedisOptions {
    readonly host?: string;
    readonly port?: number;
    readonly db?: number;
    readonly username?: string;
    readonly password?: string;
    readonly tls?: { readonly servername?: string };
    readonly lazyConnect?: boolean;
    readonly connectTimeout?: number;
    readonly maxRetriesPerRequest?: number | null;
    readonly retryStrategy?: (times: number) => number | null;
  }
  export interface Redis {
    connect(): Promise<void>;
    disconnect(): void;
    ping(): Promise<string>;
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "ready", listener: () => void): this;
    hset(key: string, field: string, value: string): Promise<number>;
    hdel(key: string, ...fields: readonly string[]): Promise<number>;
    hkeys(key: string): Promise<string[]>;
    hmget(key: string, ...fields: readonly string[]): Promise<(string | null)[]>;
    hgetall(key: string): Promise<Record<string, string>>;
    hexists(key: string, field: string): Promise<number>;
    del(...keys: readonly string[]): Promise<number>;
  }
  export const Redis: new (options: RedisOptions) => Redis;
}

declare module "bullmq" {
  import type { Redis } from "ioredis";
  export interface Job {
    readonly data: unknown;
    readonly failedReason: string;
    remove(): Promise<void>;
  }
  export interface Queue {
    on(event: "error", listener: (error: Error) => void): this;
    getJobs(states: readonly string[], start: number, end: number): Promise<(Job | undefined)[]>;
    addBulk(
      jobs: readonly {
        readonly name: string;
        readonly data: unknown;
        readonly opts: { readonly jobId: string; readonly removeOnComplete: boolean };
      }[],
    ): Promise<unknown>;
    close(): Promise<void>;
  }
  export const Queue: new (name: string, options: { readonly connection: Redis; readonly prefix: string }) => Queue;
  export interface Worker {
    on(event: "error", listener: (error: Error) => void): this;
    close(force: boolean): Promise<void>;
  }
  export const Worker: new (
    name: string,
    processor: (job: Job) => Promise<void>,
    options: {
      readonly connection: Redis;
      readonly prefix: string;
      readonly concurrency: number;
      readonly lockDuration: number;
      readonly stalledInterval: number;
      readonly maxStalledCount: number;
      readonly removeOnComplete: { readonly count: number };
    },
  ) => Worker;
}
