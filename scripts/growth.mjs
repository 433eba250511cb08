/**
 * How the cost of an update grows with horizon, batch and width of the network, in the core, in C++ and in PyTorch:
 * docs/results/growth.md and docs/images/growth.svg. An update is the rollout, its loss and the gradient, on the
 * benchmark's case; a step is a Gauss-Newton step of ten iterations along that rollout.
 * Usage, after a build, in the project's folder: node scripts/growth.mjs [--cache file] [--python /usr/bin/python3]
 * Without PyTorch (Debian: python3-torch) its columns stay empty.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchCore, caseOf, drawCase, SEGMENTS } from "../build/bench/case.js";
import { buildNative } from "../build/bench/native.js";
import { Side } from "../build/bench/side.js";
import { digits } from "../build/src/output.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { powerGrowth } from "../build/src/reproduce/theory/growth.js";
import { keptRows, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    cache: { type: "string" },
    python: { type: "string", default: "/usr/bin/python3" },
    one: { type: "string" },
  },
});
const STEPS = 7;
const HORIZONS = [15, 45, SEGMENTS, 429, 1429, 4286, 14_286];
const BATCHES = [1, 2, 4, 8, 16, 32, 64];
const WIDTHS = [16, 32, 64, 128, 256, 512];
/** PyTorch takes seconds beyond this. */
const MOST_STEPS_OF_PYTORCH = 3500;
/** What is timed is repeated for this time [ms], and at least so often; the fastest counts, whatever else runs. */
const LONG = 700;
const OFTEN = 5;
/** Rollouts agree to this part of the loss. */
const AGREEMENT = 1e-9;

const usual = { segments: SEGMENTS, batch: 1, width: 64 };
const folder = mkdtempSync(join(tmpdir(), "lapgrad-growth-"));
const kept = keptRows(options.cache);

function fastest(work) {
  let [least, times] = [Number.POSITIVE_INFINITY, 0];
  for (const end = performance.now() + LONG; times < OFTEN || performance.now() < end; times++) {
    const begun = performance.now();
    work();
    least = Math.min(least, performance.now() - begun);
  }
  return least / 1e3;
}

/** The core with the case in every slot. */
async function caseCore({ segments, batch, width }) {
  const core = await benchCore("strict", segments, { width, rollouts: batch, modelScale: 1 });
  drawCase(core);
  const [start, state] = [core.view("counts")[core.exports.Counts.startTime], core.view("states").slice(0, 4)];
  for (let slot = 1; slot < batch; slot++) core.writeStart(state, start, slot);
  return core;
}

/** In a process of its own: seconds of an update and of a step, the loss, and bytes of the core's memory. */
async function ofCore(size) {
  const core = await caseCore(size);
  let loss = 0;
  const update = fastest(() => {
    for (let slot = 0; slot < size.batch; slot++) core.rollOut(slot, size.segments);
    loss = core.gradient(0, size.batch);
  });
  const norm = core.gradientNorm();
  const step = fastest(() => core.solveStep(0, size.batch, 10, 1, 10, 0));
  return { update, step, loss, norm, bytes: core.exports.memory.buffer.byteLength };
}

async function ofNative({ segments, width }, file) {
  const native = buildNative([`-DLAPGRAD_WIDTH=${width}`]);
  if ("missing" in native) return undefined;
  const side = Side.native("native256", native.executables.native256, file);
  const { loss } = await side.results();
  const repeats = Math.max(1, Math.round(3000 / segments));
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 30; round++) least = Math.min(least, await side.run("update", repeats));
  await side.close();
  return { update: least / 1e9, loss };
}

function ofPytorch({ segments, batch, width }, file) {
  const script = new URL("../bench/growth.py", import.meta.url).pathname;
  if (segments * STEPS > MOST_STEPS_OF_PYTORCH) return undefined;
  const { status, stdout, stderr } = spawnSync(options.python, [script, file, `${width}`, `${batch}`, "3"]);
  if (status !== 0) {
    if (`${stderr}`.includes("No module named")) return undefined;
    throw new Error(`${stderr}`);
  }
  return JSON.parse(`${stdout}`);
}

/** All sides at one size. */
async function measured(size) {
  const words = [process.argv[1], "--one", JSON.stringify(size)];
  const core = JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" }));
  const file = join(folder, "case");
  const single = await caseCore({ ...size, batch: 1 });
  writeFileSync(file, new Uint8Array(caseOf(single, size.segments).buffer));
  const native = size.batch === 1 ? await ofNative(size, file) : undefined;
  const pytorch = ofPytorch(size, file);
  for (const { loss } of [native, pytorch].filter(Boolean))
    if (!(Math.abs(loss / core.loss - 1) < AGREEMENT)) throw new Error(`losses ${core.loss} and ${loss} differ`);
  if (pytorch && !(Math.abs(pytorch.norm / core.norm - 1) < 1e-7))
    throw new Error(`gradients ${core.norm} and ${pytorch.norm} differ`);
  return { core, native, pytorch };
}

const seconds = (value) =>
  value === undefined ? "" : value < 1e-3 ? `${digits(1e6 * value, 3)} µs` : `${digits(1e3 * value, 3)} ms`;
const megabytes = (value) => (value === undefined ? "" : `${digits(value / 1e6, 3)} MB`);
const LINES = {
  "core, update": ({ core }) => core.update,
  "core, step": ({ core }) => core.step,
  "C++ in 256 bits, update": ({ native }) => native?.update,
  "PyTorch, update": ({ pytorch }) => pytorch?.seconds,
};

/** Table, exponents and lines of one axis: `of(size)` is what stands on it. */
async function study(what, sizes, of) {
  const rows = [];
  for (const size of sizes) rows.push(await kept(size, () => measured(size)));
  const xs = sizes.map(of);
  const head = [what, ...Object.keys(LINES), "core, memory", "PyTorch, resident"];
  const table = rows.map((row, i) => [
    `${xs[i]}`,
    ...Object.values(LINES).map((value) => seconds(value(row))),
    megabytes(row.core.bytes),
    megabytes(row.pytorch?.bytes),
  ]);
  const lines = Object.entries(LINES).map(([name, value]) => {
    const points = rows.map((row, i) => [xs[i], value(row)]).filter(([, y]) => y !== undefined);
    return { name, points };
  });
  const memory = rows.map((row, i) => [xs[i], row.core.bytes]);
  const exponent = (points, from = 0) => {
    const used = points.slice(from);
    return used.length < 3 ? "" : powerGrowth(...[0, 1].map((k) => used.map((point) => point[k]))).power.toFixed(2);
  };
  const all = ["exponent", ...lines.map(({ points }) => exponent(points)), exponent(memory), ""];
  const upper = ["of the upper half", ...lines.map(({ points }) => exponent(points, points.length >> 1)), "", ""];
  return { what, lines, table: markdownTable([head, ...table, all, upper]) };
}

const COLOURS = ["#0072b2", "#56b4e9", "#d55e00", "#777777"];

/** The charts side by side, logarithmic both ways, a decade as long on both axes. */
function figure(studies) {
  const [decade, left, top] = [46, 60, 40];
  const log = Math.log10;
  let x = left;
  const parts = studies.map(({ what, lines }) => {
    const points = lines.flatMap((line) => line.points);
    const [x0, x1] = [
      Math.floor(log(Math.min(...points.map(([at]) => at)))),
      log(Math.max(...points.map(([at]) => at))),
    ];
    const [y0, y1] = [-5, 2];
    const at = ([px, py]) =>
      `${(x + decade * (log(px) - x0)).toFixed(1)},${(top + decade * (y1 - log(py))).toFixed(1)}`;
    const width = decade * Math.ceil(x1 - x0);
    const grid = [];
    for (let y = y0; y <= y1; y++) {
      const height = top + decade * (y1 - y);
      grid.push(`<path d="M${x} ${height}h${width}" stroke="#ddd"/>`);
      const unit = y < -3 ? `${10 ** (y + 6)} µs` : y < 0 ? `${10 ** (y + 3)} ms` : `${10 ** y} s`;
      if (x === left) grid.push(`<text x="${x - 6}" y="${height + 4}" text-anchor="end">${unit}</text>`);
    }
    for (let i = x0; i <= Math.ceil(x1); i++) {
      grid.push(`<path d="M${x + decade * (i - x0)} ${top}v${decade * (y1 - y0)}" stroke="#ddd"/>`);
      const bottom = top + decade * (y1 - y0) + 16;
      grid.push(`<text x="${x + decade * (i - x0)}" y="${bottom}" text-anchor="middle">${10 ** i}</text>`);
    }
    const drawn = lines.map(({ points }, i) => {
      const dots = points.map((point) => `<circle cx="${at(point).replace(",", '" cy="')}" r="2.5"/>`).join("");
      const path = `<polyline points="${points.map(at).join(" ")}" fill="none" stroke="${COLOURS[i]}"/>`;
      return `<g fill="${COLOURS[i]}">${path}${dots}</g>`;
    });
    const title = `<text x="${x}" y="${top - 12}" font-weight="bold">${what}</text>`;
    x += width + 40;
    return [title, ...grid, ...drawn].join("\n");
  });
  const key = Object.keys(LINES).map(
    (name, i) => `<text x="${left + 170 * i}" y="410" fill="${COLOURS[i]}">${name}</text>`,
  );
  const size = `viewBox="0 0 ${x} 420" font-family="sans-serif" font-size="12"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${[...parts, ...key].join("\n")}\n</svg>\n`;
}

if (options.one) console.log(JSON.stringify(await ofCore(JSON.parse(options.one))));
else {
  const horizon = await study(
    "control steps",
    HORIZONS.map((segments) => ({ ...usual, segments })),
    ({ segments }) => segments * STEPS,
  );
  const batch = await study(
    "rollouts in a batch",
    BATCHES.map((batch) => ({ ...usual, batch })),
    (size) => size.batch,
  );
  const parameters = await study(
    "parameters",
    WIDTHS.map((width) => ({ ...usual, width })),
    ({ width }) => 7 * width + (width + 1) * width + (width + 1) * 10,
  );
  const studies = [horizon, batch, parameters];
  for (const { table } of studies) console.log(`${table}\n`);
  writeFileSync("docs/images/growth.svg", figure(studies));
  const processor = readFileSync("/proc/cpuinfo", "utf8").match(/model name\s*: (.*)/)?.[1] ?? "";
  await writeStudyPage("growth", {
    horizon: horizon.table,
    batch: batch.table,
    parameters: parameters.table,
    processor,
  });
}
rmSync(folder, { recursive: true });
