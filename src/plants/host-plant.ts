/**
 * The contract of plants outside the core, a physics engine for example: what the core's plant `external`
 * (assembly/plants/external.ts) calls at every integration step. Delays, lags, noise, jitter and changes lie around it
 * as around every plant.
 */
import type { PlantDefinition } from "../tasks/definition.js";

export interface HostPlant {
  /** doubles that it remembers from step to step; all 0: it was just put to rest */
  readonly memorySize: number;
  /** what the first of these say of its body, names with units: they are recorded after every control step */
  readonly body: readonly string[];
  /**
   * One integration step of `dt` seconds. `numbers` is the core's memory, the others are where in it something begins:
   * the parameters in the order of the task's, what it remembers, state, input, and where the next state goes. Nothing
   * but these decides the result. From rest it begins in the state at `x`; later that is not looked at. It does not
   * throw: a state that is over is no number.
   */
  step(numbers: Float64Array, parameters: number, memory: number, x: number, u: number, dt: number, next: number): void;
  /** why the last state is no number, for people; undefined: it is one */
  readonly problem: string | undefined;
  /** what the sensors on board say after the last step */
  readonly sensed: OnBoard;
}

/** What sensors on a car measure. */
export interface OnBoard {
  /** mean speed of the rims of the wheels with encoders [m/s] */
  wheelSpeed: number;
  /** of the gyro, with its bias [rad/s] */
  yawRate: number;
  /** of the accelerometer, which feels the weight too: forwards, to the left and up [m/s²] */
  forward: number;
  left: number;
  up: number;
}

/** What a file of src/plants/kinds exports by default. */
export interface HostPlantKind {
  /** @throws UserError with the remedy, if what it needs is not there */
  make(definition: PlantDefinition): Promise<HostPlant>;
}
