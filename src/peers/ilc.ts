/**
 * Norm-optimal iterative learning control [Amann, Owens, Rogers 1996; Bristow, Tharayil, Alleyne 2006]: the setpoints
 * of the lap are corrected by its measured errors, through the fitted model's tangent. It learns this lap, and the way
 * the model is wrong on it; nothing of it depends on where the car is.
 */
import type { ClassicalRule } from "./classical.js";
import { SetpointTable } from "./setpoint-table.js";

export const ilc: ClassicalRule = {
  name: "ilc",
  label: "iterative learning of the lap's setpoints",
  settings: { change: 2.23, roughness: 0.00459 },
  start(laps, { change, roughness }) {
    const { drive } = laps;
    const table = new SetpointTable(laps.lapTime);
    const action = new Float64Array(drive.scale.length);
    return {
      act(taskTime) {
        table.at(taskTime, action);
        return action; // setpoint offsets have the scale 1
      },
      learn() {
        laps.fit();
        table.values = table.improved(laps, drive.slot, { change, roughness });
      },
    };
  },
};
