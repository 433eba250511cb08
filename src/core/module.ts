/** The core's module, compiled: which build of it, and how V8 compiles it. */
import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { messageOf, UserError } from "../errors.js";

/**
 * How the core's arithmetic is run: `strict` rounds every operation, and gives the same bits on every machine; `fused`
 * rounds a product and the sum that it goes into once, and its bits may differ from machine to machine.
 */
export const ARITHMETICS = ["strict", "fused"] as const;
type Arithmetic = (typeof ARITHMETICS)[number];

export interface Choice {
  readonly arithmetic: Arithmetic;
  /**
   * let V8 put neighbouring vectors into wider ones, where it can: the same bits, which is checked before anything is
   * computed
   */
  readonly revectorise: boolean;
}

export const STRICT: Choice = { arithmetic: "strict", revectorise: false };

const FILES: Readonly<Record<Arithmetic, string>> = { strict: "release", fused: "release-fma" };
/** Since when V8 can do it. */
const REVECTORISES = [23, 5] as const;
/**
 * What V8 is told before it compiles: everything at once, by the compiler that makes wider vectors. What it computes
 * first would otherwise be what the other one made, and the check would say nothing.
 */
const FLAGS = ["--experimental-wasm-revectorize", "--no-liftoff", "--no-wasm-lazy-compilation"];
const FLAGS_BEFORE = ["--no-experimental-wasm-revectorize", "--liftoff", "--wasm-lazy-compilation"];
/** A section without meaning: V8 gives the module back that it has of the same bytes. */
const ANOTHER = Buffer.from([0, 2, 1, 0x70]);

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** What a module computes, bit by bit; `isWide`: with loops cut for wider vectors. */
export type Probe = (module: WebAssembly.Module, isWide: boolean) => Promise<Buffer>;

/** The compiled module, once per thread. */
export function compiled(choice: Choice, probe: Probe): Promise<WebAssembly.Module> {
  const key = `${choice.arithmetic} ${choice.revectorise}`;
  const module = modules.get(key) ?? compile(choice, probe);
  modules.set(key, module);
  return module;
}

async function compile({ arithmetic, revectorise }: Choice, probe: Probe): Promise<WebAssembly.Module> {
  const bytes = await bytesOf(arithmetic);
  if (!revectorise) return WebAssembly.compile(bytes);
  const expected = await probe(await WebAssembly.compile(Buffer.concat([bytes, ANOTHER])), false);
  for (const flag of FLAGS) setFlagsFromString(flag);
  // not in the background: the flags must hold until it is done
  const module = new WebAssembly.Module(bytes);
  for (const flag of FLAGS_BEFORE) setFlagsFromString(flag);
  if (!(await probe(module, true)).equals(expected))
    throw new UserError(
      `this Node (${process.version}) computes other bits in wider vectors: leave revectorise out`,
      1,
    );
  return module;
}

/** Refuses to learn in wider vectors where there are none; a run that was made in them can be read anywhere. */
export function refuseWithoutWideVectors(): void {
  if (revectorises()) return;
  const needed = `revectorise needs Node ${REVECTORISES.join(".")} or newer on x64`;
  throw new UserError(`${needed}, this is ${process.version} on ${process.arch}: leave it out`);
}

/** Whether a Node can make wider vectors; `version` as in process.version. */
export function revectorises(version = process.version, processor: string = process.arch): boolean {
  const [major, minor] = version.slice(1).split(".").map(Number);
  const [since, sinceMinor] = REVECTORISES;
  return processor === "x64" && (major > since || (major === since && minor >= sinceMinor));
}

async function bytesOf(arithmetic: Arithmetic): Promise<Buffer<ArrayBuffer>> {
  const name = FILES[arithmetic];
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = await readFile(new URL(`../../core/${name}.wasm`, import.meta.url));
  } catch (error) {
    throw new UserError(`cannot read the core (${messageOf(error)}): run \`npm run build\` first`, 1);
  }
  if (WebAssembly.validate(bytes)) return bytes;
  const remedy =
    arithmetic === "fused"
      ? "arithmetic fused needs Node 22 or newer; leave it out, or start node with --experimental-wasm-relaxed-simd"
      : "use Node 20.20 or newer";
  throw new UserError(`this Node (${process.version}) cannot run ${name}.wasm: ${remedy}`, 1);
}
