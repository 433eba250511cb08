/**
 * From the table of the core's arrays, assembly/regions.mjs: the enum of their names, their layout in the arena, and
 * the addresses and accessors with which the core reads them. scripts/registries.mjs writes these modules.
 */
import { REGIONS, WIDTHS } from "../assembly/regions.mjs";

const MADE = "/** Made by scripts/regions.mjs from assembly/regions.mjs. */";

/** The names of the core's arrays. */
export function regionsModule() {
  const members = REGIONS.map(
    ({ name, per, columns, about }) => `  /** per ${per}, ${columns}: ${about} */\n  ${name},\n`,
  );
  return `${MADE}\nexport enum Region {\n${members.join("")}  count,\n}\n`;
}

/**
 * Sizes, layout and addresses of the core's arrays, and an accessor for every one that has a row per step or segment.
 */
export function traceModule() {
  const widths = Object.keys(WIDTHS);
  const declared = widths.map((name) => `export let ${name}Size: i32 = 0;\nexport let ${name}Row: usize = 0;\n`);
  const sized = widths.map(
    (name) => `  ${name}Size = ${WIDTHS[name]};\n  ${name}Row = usize(${name}Size) << DOUBLE_SHIFT;\n`,
  );
  const columnsOf = ({ columns }) => (columns in WIDTHS ? `${columns}Size` : columns);
  const planned = REGIONS.map(
    (region) => `  plan(Region.${region.name}, RowsPer.${region.per}, ${columnsOf(region)}, ${region.rows});\n`,
  );
  // theta is read where assembly/trace.ts says
  const addressed = REGIONS.filter(({ name }) => name !== "parameters");
  const addresses = addressed.map(({ name }) => `export let ${name}: usize = 0;\n`);
  const pointed = (isRun, rollout) =>
    addressed
      .filter(({ per }) => (per === "run") === isRun)
      .map(({ name }) => `  ${name} = at(Region.${name}, ${rollout});\n`)
      .join("");
  const accessors = REGIONS.filter(({ row }) => row).map(({ name, per, row, columns, about }) => {
    const index = per === "step" ? "t" : "j";
    const bytes = columns === 1 ? `(usize(${index}) << DOUBLE_SHIFT)` : `usize(${index}) * ${columns}Row`;
    return `/** ${about} */
// @ts-ignore: decorator
@inline
export function ${row}At(${index}: i32): usize {
  return ${name} + ${bytes};
}
`;
  });
  return `${MADE}
import { at, dimension, plan } from "./arena";
import { controller, model, plant, reference, reward, task } from "./components";
import { DOUBLE_SHIFT } from "./math/doubles";
import { Change, CHANGES, PLANT_MEMORY } from "./plant-memory";
import { activationSize as activationCount, deltaSize as deltaCount } from "./policy/layers";
import { parameterSize as parameterCount } from "./policy/layers";
import { Adjustment, Counts, Dimension, EARLIER, Firing, FIRINGS, Jitter, KNOTS, Pace, PLACES } from "./regions";
import { PathNode, PROBE_ROW, PROBE_ROWS, Reflex, Region, RowsPer, Solution } from "./regions";

// doubles and bytes of a row, by what stands in it
${declared.join("")}
/** Takes the sizes of the chosen parts and of the network. */
export function prepareSizes(): void {
${sized.join("")}}

/** Lays out every array. */
export function planRegions(): void {
  const steps = dimension(Dimension.steps);
  const segments = dimension(Dimension.segments);
  const sensitive = dimension(Dimension.sensitivity) != 0;
${planned.join("")}}

// addresses of the arrays; of those that exist once per rollout, the selected rollout's
${addresses.join("")}
export function prepareAddresses(): void {
${pointed(true, 0)}}

export function selectRollout(rollout: i32): void {
${pointed(false, "rollout")}}

${accessors.join("\n")}`;
}
