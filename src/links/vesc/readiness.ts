/** Whether a VESC may be armed, by its firmware and its application configuration. */
import { Fault } from "../faults.js";
import { APP_CONFIGURATIONS, VescApp, type VescAppConfiguration, type VescFirmware } from "../wire/vesc.js";
import { LONGEST_TIMEOUT } from "./settings.js";

/** The first firmware whose values say that its time-out has passed, and whose layout is known. */
const OLDEST = 6;
/** A smaller brake current stops no car [A]. */
export const LEAST_BRAKE = 1;

export class Readiness {
  /** what was found, of the last fault */
  value = Number.NaN;
  /** [s] */
  readonly #shortestTimeout: number;
  #version = Number.NaN;

  /** `shortestTimeout`: a VESC that waits less for a command stops too easily [s]. */
  constructor(shortestTimeout: number) {
    this.#shortestTimeout = shortestTimeout;
  }

  /** Why a VESC with this firmware cannot be driven, if so. */
  ofFirmware({ major, minor }: VescFirmware) {
    this.#version = major + minor / 100;
    this.value = this.#version;
    return major < OLDEST ? Fault.vescFirmware : Fault.none;
  }

  /** Why a VESC that is configured so must not be armed, if so. */
  ofConfiguration({ signature, timeout, brakeCurrent, hasServo, app }: VescAppConfiguration) {
    this.value = this.#version;
    if (!APP_CONFIGURATIONS.has(signature)) return Fault.vescLayout;
    this.value = timeout;
    const seconds = timeout / 1000;
    if (!(seconds >= this.#shortestTimeout && seconds <= LONGEST_TIMEOUT)) return Fault.vescTimeout;
    this.value = brakeCurrent;
    if (!(brakeCurrent >= LEAST_BRAKE)) return Fault.vescBrake;
    this.value = app;
    if (app !== VescApp.none && app !== VescApp.uart) return Fault.vescApp;
    this.value = Number.NaN;
    return hasServo ? Fault.none : Fault.vescServo;
  }
}
