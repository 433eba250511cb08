/** Between a recording and the core's arrays, in both directions. */
import type { Core, RegionName } from "../core/core.js";
import { UserError } from "../errors.js";
import { trackOfTask } from "../tasks/path.js";
import type { Recording } from "./recording.js";

/** Copies rollout `index` of the core, from its segment `from` on, into a recording of its own. */
export function recordingFrom(core: Core, index: number, rollout: number, from = 0): Recording {
  const { task } = core.setup;
  const [steps, segments, start] = core.view("counts", index);
  const first = from === 0 ? 0 : from < segments ? core.view("segmentStarts", index)[from] : steps;
  const began = first < steps ? core.view("times", index)[first] : 0; // nothing may have been driven
  const paces = core.view("paces", index).slice(first, steps);
  const perStep = (region: RegionName, columns: number) =>
    core.view(region, index).slice(first * columns, steps * columns);
  const perSegment = (region: RegionName, columns: number) =>
    core.view(region, index).slice(from * columns, segments * columns);
  const { state, input, reference, residual, setpoint, gain } = task.columns;
  const n = state.length;
  const body = core.hostPlant?.body ?? [];
  return {
    info: {
      task: task.name,
      rollout,
      timing: core.timing,
      startTime: start + began + core.view("taskShifts", index)[first],
      columns: body.length === 0 ? task.columns : { ...task.columns, body },
      ...trackOfTask(task),
      complete: true,
      note: "",
    },
    times: perStep("times", 1).map((time) => time - began),
    states: perStep("states", n),
    finalState: core.view("states", index).slice(steps * n, (steps + 1) * n),
    inputs: perStep("inputs", input.length),
    references: perStep("references", reference.length),
    costs: perStep("stageCosts", 1),
    residuals: perStep("residuals", residual.length),
    body: perStep("body", body.length),
    paces: paces.some((pace) => pace !== 1) ? paces : new Float64Array(0),
    segmentStarts: perSegment("segmentStarts", 1).map((step) => step - first),
    segmentTimes: perSegment("segmentTimes", 1),
    segmentStates: perSegment("segmentStates", n),
    outputs: perSegment("outputs", setpoint.length + gain.length),
    setpoints: perSegment("setpoints", setpoint.length),
    gains: perSegment("gains", gain.length),
    events: [],
  };
}

/**
 * Puts a recording into rollout `index` of the core, ready for `replay`. A last network call that no control step
 * followed becomes an empty segment at the end. `gainsAreOffsets`: the recording's gains are offsets to the nominal
 * ones.
 */
export function storeRecording(core: Core, index: number, recording: Recording, gainsAreOffsets = false): void {
  const { task } = core.setup;
  const steps = recording.times.length;
  const segments = recording.segmentTimes.length;
  const put = (region: RegionName, values: Float64Array, what: string) => {
    const view = core.view(region, index);
    if (values.length > view.length) {
      throw new UserError(
        `the recording's ${what} has ${values.length} numbers, the core was configured for ${view.length}`,
        1,
      );
    }
    view.set(values);
  };
  put("times", recording.times, "times");
  core.view("paces", index).fill(1);
  put("paces", recording.paces, "paces");
  put("states", recording.states, "states");
  put("inputs", recording.inputs, "inputs");
  put("references", recording.references, "references");
  put("segmentTimes", recording.segmentTimes, "segment times");
  put("segmentStates", recording.segmentStates, "segment states");
  const starts = core.view("segmentStarts", index);
  starts.fill(steps, 0, segments);
  starts.set(recording.segmentStarts);
  core.view("states", index).set(recording.finalState, steps * task.columns.state.length);
  core.view("periods", index).set(periods(recording.times, task.timing.controlPeriod));
  const counts = core.view("counts", index);
  counts.set([steps, segments, recording.info.startTime]);
  if (recording.outputs.length > 0) put("outputs", recording.outputs, "outputs");
  else core.view("outputs", index).set(offsets(recording, task.nominalGains, gainsAreOffsets));
}

/** Time from each step to the next; the last one, after which no counted state follows, takes the nominal period. */
function periods(times: Float64Array, nominal: number): Float64Array {
  return times.map((time, t) => (t + 1 < times.length ? times[t + 1] - time : nominal));
}

/** Network outputs as far as they were recorded: the gain offsets; setpoint offsets are left 0. */
function offsets(recording: Recording, nominalGains: readonly number[], gainsAreOffsets: boolean): Float64Array {
  const gains = nominalGains.length;
  const segments = recording.segmentTimes.length;
  const setpoint = recording.setpoints.length / Math.max(segments, 1);
  const outputs = new Float64Array(segments * (setpoint + gains));
  for (let j = 0; j < segments; j++) {
    for (let i = 0; i < gains; i++) {
      const gain = recording.gains[j * gains + i];
      outputs[j * (setpoint + gains) + setpoint + i] = gainsAreOffsets ? gain : gain - nominalGains[i];
    }
  }
  return outputs;
}

/**
 * Sets the setpoint offsets of a stored rollout so that its setpoints come out as recorded, for recordings without
 * network outputs. Call after a `replay`, which leaves the setpoints that the present offsets give.
 */
export function storeSetpoints(core: Core, index: number, recording: Recording): void {
  const { setpoint, gain } = core.setup.task.columns;
  const width = setpoint.length + gain.length;
  const outputs = core.view("outputs", index);
  const setpoints = core.view("setpoints", index);
  recording.setpoints.forEach((value, i) => {
    const j = Math.floor(i / setpoint.length);
    outputs[j * width + (i % setpoint.length)] += value - setpoints[i];
  });
}
