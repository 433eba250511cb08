/**
 * Directions in the space of the network's weights that a shake moves along (equation (PD14)): the leading Gauss-Newton
 * directions of the model fitted to the first laps, which it expects to change the lap most, and random ones.
 */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { dot, normalFrom, normOf, uniformFrom, upperMedian } from "../statistics.js";
import { AdjustmentSpace, DIRECTIONS, type Group } from "./adjustment.js";
import type { ShakenLap } from "./estimate.js";
import { fitModel, prepareTangents, storeLap } from "./model-estimate.js";
import { shakeCore } from "./shake-core.js";

/** Products with the model's Gauss-Newton matrix, of each direction. */
const ITERATIONS = 12;
/** Directions beside those that are wanted: the last ones come in slowly. */
const SPARE = 2;

/**
 * `count` directions of every group of them in `groups`, in the order of the parameters: vectors of the length of the
 * network's parameters, each so long that the model expects as much of it as of a gain or a trim in the median.
 * `policy` holds the policy that is shaken, which has driven the nominal `laps`.
 */
export async function findDirections(
  policy: Core,
  config: RunConfig,
  groups: readonly Group[],
  count: number,
  laps: readonly ShakenLap[],
): Promise<Float64Array[]> {
  const core = await shakeCore(config);
  for (const region of ["parameters", "adjustment"] as const) core.write(region, policy.view(region));
  const recordings = laps.map(({ recording }) => recording);
  fitModel(core, recordings, config);
  storeLap(core, laps[laps.length - 1], 1);
  prepareTangents(core);
  const effect = medianEffect(core);
  const normal = normalFrom(uniformFrom(config.seed));
  const drawn = (many: number) =>
    Array.from({ length: many }, () => Float64Array.from({ length: core.parameterCount() }, normal));
  return DIRECTIONS.filter((group) => groups.includes(group)).flatMap((group) => {
    const found = group === "leading" ? leading(core, drawn(count + SPARE)) : orthonormal(drawn(count));
    return found.slice(0, count).map((direction) => {
      const size = effectOf(core, direction);
      return direction.map((value) => (size > 0 ? (value * effect) / size : 0));
    });
  });
}

/** Orthogonal iteration: the eigenvectors of J^T J with the largest eigenvalues, the largest first. */
function leading(core: Core, start: readonly Float64Array[]): Float64Array[] {
  let basis = orthonormal(start);
  for (let i = 0; i < ITERATIONS; i++) basis = orthonormal(basis.map((vector) => gaussNewtonProduct(core, vector)));
  return basis;
}

/** J^T J v of the lap in the core. */
export function gaussNewtonProduct(core: Core, vector: Float64Array): Float64Array {
  core.view("adjustmentDirection").fill(0);
  core.write("direction", vector);
  core.tangentPass(0, 0);
  core.write("seeds", core.view("residualTangents"));
  core.costatePass(0, 0);
  return core.view("gradient").slice();
}

/** The same space, by Gram and Schmidt; a vector that adds nothing to those before becomes 0. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    const before = normOf(rest);
    // twice, as once leaves rounding errors
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        const along = dot(other, rest);
        for (let k = 0; k < rest.length; k++) rest[k] -= along * other[k];
      }
    const length = normOf(rest);
    basis.push(rest.map((value) => (length > 1e-9 * before ? value / length : 0)));
  }
  return basis;
}

/** |J v| along a direction of the weights. */
function effectOf(core: Core, vector: Float64Array): number {
  core.view("adjustmentDirection").fill(0);
  core.write("direction", vector);
  return tangentLength(core);
}

/** |J v| of one gain or trim, in its unit: the median. */
function medianEffect(core: Core): number {
  const space = new AdjustmentSpace(core.setup.task, ["gains", "trims"], 1);
  const effects = space.parameters.map((_, i) => {
    space.pointAlong(core, i);
    return tangentLength(core);
  });
  return upperMedian(Float64Array.from(effects));
}

function tangentLength(core: Core): number {
  core.tangentPass(0, 0);
  const [steps] = core.view("counts");
  const residuals = core.setup.task.columns.residual.length;
  return normOf(core.view("residualTangents").subarray(0, steps * residuals));
}
