/** Choosing the parts, checking that they fit each other, and laying out the arena: once per instance. */
import { at, beginPlan, configured, dimension, hiddenWidths, reserveRegions, rowsOf } from "./arena";
import { choose, controller, model, reference, reward, task } from "./components";
import { DOUBLE_SHIFT } from "./math/doubles";
import { setLayers } from "./policy/layers";
import { reset } from "./reflex";
import { Dimension, MOST_PATH_NODES, Region, Status } from "./regions";
import * as trace from "./trace";

const MOST_ROWS: i32 = 1 << 24;
const MOST_HIDDEN_LAYERS: i32 = 4;
const MOST_EXTERNAL: i32 = 4096;

export function configure(): Status {
  if (configured) return Status.wrongOrder;
  const chosen = choose(
    dimension(Dimension.model),
    dimension(Dimension.plant),
    dimension(Dimension.controller),
    dimension(Dimension.reward),
    dimension(Dimension.reference),
    dimension(Dimension.task),
  );
  if (!chosen || !within(Dimension.rollouts, 1, i32.MAX_VALUE) || !within(Dimension.steps, 1, MOST_ROWS))
    return Status.badDimension;
  if (!within(Dimension.segments, 1, MOST_ROWS) || !within(Dimension.hiddenLayers, 0, MOST_HIDDEN_LAYERS))
    return Status.badDimension;
  if (!within(Dimension.externalParameters, 0, MOST_EXTERNAL) || !within(Dimension.externalMemory, 0, MOST_EXTERNAL))
    return Status.badDimension;
  if (!within(Dimension.pathNodes, 0, MOST_PATH_NODES)) return Status.badDimension;
  if (!within(Dimension.externalBody, 0, dimension(Dimension.externalMemory))) return Status.badDimension;
  if (!partsFit()) return Status.mismatch;
  const outputs = task.setpointSize + controller.gainSize;
  if (!setLayers(task.featureSize, dimension(Dimension.hiddenLayers), hiddenWidths(), outputs))
    return Status.badDimension;
  trace.prepareSizes();
  beginPlan();
  trace.planRegions();
  const reserved = reserveRegions();
  if (reserved == Status.ok) {
    trace.prepareTrace();
    setPaces();
  }
  return reserved;
}

function within(which: Dimension, least: i32, most: i32): bool {
  return dimension(which) >= least && dimension(which) <= most;
}

/** Pace 1 everywhere: what is recorded without one was driven so. */
function setPaces(): void {
  reset();
  for (let rollout: i32 = 0; rollout < dimension(Dimension.rollouts); rollout++) {
    const paces = at(Region.paces, rollout);
    for (let t: i32 = 0; t < rowsOf(Region.paces); t++) store<f64>(paces + (usize(t) << DOUBLE_SHIFT), 1.0);
  }
}

/** Whether what one part hands to another has the size that this expects. */
function partsFit(): bool {
  const n = model.stateSize;
  return (
    controller.stateSize == n &&
    reward.stateSize == n &&
    task.stateSize == n &&
    controller.inputSize == model.inputSize &&
    reference.setpointSize == task.setpointSize &&
    reference.referenceSize == controller.referenceSize
  );
}
