/** Throttle and steering as a VESC takes them; docs/equations.md, section 44. */
import { pastDeadZone } from "../dead-zone.js";
import { CURRENT_SCALE, DUTY_SCALE, SERVO_SCALE, VescCommand } from "../wire/vesc.js";
import type { VescFrameWriter } from "../wire/vesc-frames.js";
import type { VescSettings } from "./settings.js";

export class VescCommands {
  readonly #settings: VescSettings;
  readonly #sign: 1 | -1;
  /** what it brakes with at throttle 0 where currents are commanded, of the settings last found fine [A] */
  brakeCurrent = 0;

  constructor(settings: VescSettings) {
    this.#settings = settings;
    this.#sign = settings.throttleReversed ? -1 : 1;
  }

  /** Puts the frames of a command behind those that are there; both inputs are held at their range, -1 to 1. */
  put(writer: VescFrameWriter, throttle: number, steering: number): void {
    this.#steer(writer, Math.max(-1, Math.min(1, steering)));
    this.#drive(writer, Math.max(-1, Math.min(1, throttle)));
  }

  /** Does not keep the VESC from its time-out. */
  #steer(writer: VescFrameWriter, steering: number): void {
    const { left, centre, right } = this.#settings;
    const position = centre + (steering >= 0 ? steering * (left - centre) : steering * (centre - right));
    writer.begin(VescCommand.setServoPosition);
    writer.int16(Math.round(SERVO_SCALE * position));
    writer.end();
  }

  /** A duty of 0 brakes; a current of 0 would let it roll. */
  #drive(writer: VescFrameWriter, throttle: number): void {
    const { drive, most, deadZone } = this.#settings;
    const value = this.#sign * most * pastDeadZone(throttle, deadZone);
    if (drive === "duty") {
      writer.begin(VescCommand.setDuty);
      writer.int32(Math.round(DUTY_SCALE * value));
    } else if (throttle === 0) {
      writer.begin(VescCommand.setCurrentBrake);
      writer.int32(Math.round(CURRENT_SCALE * this.brakeCurrent));
    } else {
      writer.begin(VescCommand.setCurrent);
      writer.int32(Math.round(CURRENT_SCALE * value));
    }
    writer.end();
  }
}
