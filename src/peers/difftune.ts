/**
 * DiffTune [Cheng et al. 2022]: the controller's gains, constant over the lap, down the gradient of what the last lap
 * cost. The gradient is the co-state's, through the fitted model.
 */
import { setWindows } from "../core/windows.js";
import type { ClassicalRule } from "./classical.js";

export const difftune: ClassicalRule = {
  name: "difftune",
  label: "gains alone, by the co-state gradient",
  settings: { rate: 0.00689 },
  start(laps, { rate }) {
    const { core, drive, lap } = laps;
    const { setpoint, gain } = core.setup.task.columns;
    const action = new Float64Array(drive.scale.length);
    return {
      act: () => action,
      learn() {
        laps.fit();
        const segments = drive.segments();
        setWindows(core, { start: segments - lap, length: 0, stride: 0 });
        core.setOption("windowBurnIn", segments - lap);
        core.gradient(drive.slot, 1);
        const perSegment = core.view("outputGradient", drive.slot);
        for (let k = setpoint.length; k < setpoint.length + gain.length; k++) {
          let slope = 0;
          for (let j = 0; j < segments; j++) slope += perSegment[j * action.length + k];
          // in parts of what the output can do, so that gains of different units move alike
          action[k] = Math.min(1, Math.max(-1, action[k] - rate * drive.scale[k] * slope));
        }
      },
    };
  },
};
