/** The batches of the peers beside C, in turn: `lapgrad bench --peers`. Rules as in bench/README.md. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COLUMNS, duration, formatRatio, table } from "./format.js";
import { type CriticResults, CriticStep } from "./peers-case.js";
import { Side, type SideName } from "./side.js";
import { compare, type Effort, type SideTiming } from "./timing.js";

export interface PeersReport {
  readonly machine: { readonly processor: string; readonly node: string; readonly compiler?: string };
  readonly notes: readonly string[];
  /** of the gradients, in the largest value */
  readonly agreement: readonly { readonly side: SideName; readonly error: number }[];
  readonly sides: readonly SideTiming[];
  /** the batches' time by that of C in vectors as wide as theirs; absent without a compiler */
  readonly ratio?: number;
}

/** A critic's step may take so many times what it takes C in 128-bit vectors. */
const LIMIT = 1.7;
/** float32 in another order of sums */
const AGREEMENT = 1e-4;
const COMPILER = "gcc";
const FLAGS = ["-O3", "-std=gnu11"];
/** Flags behind {@link FLAGS}: vectors of 128 bits, and what this machine has: 256 bits, products added in one step. */
const VARIANTS = { c: ["-DLANES=4"], "c-native": ["-DLANES=8", "-march=native"] } as const;
const SOURCE = fileURLToPath(new URL("../../bench/peers/critic.c", import.meta.url));
const FULL: Effort = { rounds: 200, batch: 3, warmUp: 300 };
const QUICK: Effort = { rounds: 15, batch: 5, warmUp: 80 };

export async function runPeersBench(quick: boolean): Promise<PeersReport> {
  const folder = await mkdtemp(join(tmpdir(), "lapgrad-bench-"));
  const sides: Side[] = [];
  const notes: string[] = [];
  try {
    const file = join(folder, "case");
    await writeFile(file, new CriticStep().case());
    const compiler = spawnSync(COMPILER, ["--version"], { encoding: "utf8" }).stdout?.split("\n")[0];
    if (!existsSync(SOURCE)) notes.push("no C reference: it is not in this package; run bench in a checkout");
    else if (!compiler)
      notes.push(`no C reference: ${COMPILER} is not here (on Debian: apt-get install gcc); ratios are left out`);
    else for (const name of ["c", "c-native"] as const) sides.push(Side.native(name, built(name, folder), file));
    sides.push(Side.peers());
    const agreement = await agree(sides);
    const timings = await compare("critic", sides, quick ? QUICK : FULL, ["c", "c-native"]);
    const ratio = timings.find(({ side }) => side === "batches")?.ratios.c?.median;
    return {
      machine: {
        processor: cpus()[0]?.model.trim() ?? "unknown",
        node: process.version,
        ...(compiler ? { compiler: `${compiler}, ${FLAGS.join(" ")}` } : {}),
      },
      notes,
      agreement,
      sides: timings,
      ...(ratio === undefined ? {} : { ratio }),
    };
  } finally {
    await Promise.all(sides.map((side) => side.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** As text. */
export function formatPeersBench({ machine, notes, agreement, sides, ratio }: PeersReport): string {
  return [
    [`${machine.processor}, Node ${machine.node}`, machine.compiler].filter(Boolean).join("; "),
    ...notes.map((note) => `note: ${note}`),
    ...agreement.map(({ side, error }) => `${COLUMNS[side]} agrees to ${error.toExponential(1)}`),
    "",
    ...table([
      ["critic 27-256-256-1, batch 256: forward, backward, weight gradient", ...sides.map(({ side }) => COLUMNS[side])],
      ["median time", ...sides.map(({ nanoseconds }) => duration(nanoseconds.median))],
      ["fastest", ...sides.map(({ fastest }) => duration(fastest))],
      ["x C, 128 bits (quartiles)", ...sides.map(({ ratios }) => (ratios.c ? formatRatio(ratios.c) : ""))],
    ]),
    "",
    ...(ratio === undefined
      ? []
      : [`at most ${LIMIT} x C, 128 bits: ${ratio.toFixed(2)}${ratio <= LIMIT ? "" : " (over)"}`]),
  ].join("\n");
}

function built(name: keyof typeof VARIANTS, folder: string): string {
  const executable = join(folder, name);
  const { error, status, stderr } = spawnSync(COMPILER, [...FLAGS, ...VARIANTS[name], SOURCE, "-o", executable], {
    encoding: "utf8",
  });
  if (error || status !== 0) throw new Error(`${COMPILER} cannot build ${SOURCE}: ${error?.message ?? stderr}`);
  return executable;
}

/** Every side's gradient against the batches'. */
async function agree(sides: readonly Side[]): Promise<PeersReport["agreement"]> {
  const expected = new CriticStep().results();
  const largest = Math.max(...expected.gradient.map(Math.abs));
  const agreement: { side: SideName; error: number }[] = [];
  for (const side of sides.filter(({ name }) => name !== "batches")) {
    const { gradient } = await side.results<CriticResults>();
    const error = Math.max(...gradient.map((value, i) => Math.abs(value - expected.gradient[i]))) / largest;
    if (gradient.length !== expected.gradient.length || !(error <= AGREEMENT))
      throw new Error(`the gradient of the ${side.name} side differs by ${error} (allowed: ${AGREEMENT})`);
    agreement.push({ side: side.name, error });
  }
  return agreement;
}
