/** Whether a VESC may be armed, by its firmware and its application configuration. */
import { Fault } from "../faults.js";
import { APP_CONFIGURATIONS, VescApp, type VescAppConfiguration, type VescFirmware } from "../wire/vesc.js";
import { LONGEST_TIMEOUT } from "./settings.js";

/** The first firmware whose values say that its time-out has passed, and whose layout is known. */
const OLDEST = 6;
/** A smaller brake current stops no car [A]. */
export const LEAST_BRAKE = 1;
/** A larger one cannot be meant; commanded, it would be another beyond 32 bits [A]. */
export const MOST_BRAKE = 1000;

/** Something of a configuration that must be so. */
interface Condition {
  readonly fault: Fault.vescLayout | Fault.vescTimeout | Fault.vescBrake | Fault.vescApp | Fault.vescServo;
  /** what belongs to the fault */
  readonly found: (app: VescAppConfiguration) => number;
  /** `shortest`: the least time-out [s] */
  readonly isFine: (app: VescAppConfiguration, shortest: number) => boolean;
}

/** All of them, in the order in which they are said: where the layout is not known, nothing else is. */
export const CONFIGURED: readonly Condition[] = [
  {
    fault: Fault.vescLayout,
    found: () => Number.NaN,
    isFine: ({ signature }) => APP_CONFIGURATIONS.has(signature),
  },
  {
    fault: Fault.vescTimeout,
    found: ({ timeout }) => timeout,
    isFine: ({ timeout }, shortest) => timeout / 1000 >= shortest && timeout / 1000 <= LONGEST_TIMEOUT,
  },
  {
    fault: Fault.vescBrake,
    found: ({ brakeCurrent }) => brakeCurrent,
    isFine: ({ brakeCurrent }) => brakeCurrent >= LEAST_BRAKE && brakeCurrent <= MOST_BRAKE,
  },
  {
    fault: Fault.vescApp,
    found: ({ app }) => app,
    isFine: ({ app }) => app === VescApp.none || app === VescApp.uart,
  },
  {
    fault: Fault.vescServo,
    found: () => Number.NaN,
    isFine: ({ hasServo }) => hasServo,
  },
];

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
  ofConfiguration(app: VescAppConfiguration) {
    for (let i = 0; i < CONFIGURED.length; i++) {
      const { fault, found, isFine } = CONFIGURED[i];
      this.value = fault === Fault.vescLayout ? this.#version : found(app);
      if (!isFine(app, this.#shortestTimeout)) return fault;
    }
    return Fault.none;
  }
}
