/** A gamepad whose buttons are not known yet: which of them is pressed. */

import { closeDevice, openDevice } from "../runtime/gamepad-device.js";
import { FULL, GamepadPart, GamepadRecords } from "../runtime/gamepad-records.js";

/** A button that was pressed, or an axis that was pushed to its end. */
export interface Press {
  readonly number: number;
  /** of an axis: below 0 forward, or to the left; of a button: 1 */
  readonly value: number;
}

/** An axis that is pushed this far is meant [part of its range]. */
const PUSHED = 0.7;

export class GamepadPresses {
  readonly #descriptor: number;
  readonly #records: GamepadRecords;
  #wanted = GamepadPart.button;
  #press: Press | undefined;

  /** @throws UserError if it cannot be read */
  constructor(path: string) {
    this.#descriptor = openDevice(path);
    this.#records = new GamepadRecords(this.#descriptor, (part, number, value, isInitial) => {
      const isMeant = part === GamepadPart.button ? value !== 0 : Math.abs(value) > PUSHED * FULL;
      if (part === this.#wanted && isMeant && !isInitial) this.#press ??= { number, value };
    });
  }

  get isLost(): boolean {
    return this.#records.isLost;
  }

  /** From here on one of this kind is waited for. */
  want(part: GamepadPart): void {
    this.#records.poll();
    this.#wanted = part;
    this.#press = undefined;
  }

  /** The first one that came since; undefined before. */
  take(): Press | undefined {
    this.#records.poll();
    return this.#press;
  }

  close(): void {
    closeDevice(this.#descriptor);
  }
}
