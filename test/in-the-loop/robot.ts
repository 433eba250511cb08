/** A training, or a drive, of a simulated car through the firmware, from the command down to the pins. */
import type { Connect, LinkContext } from "../../src/cli/connect.js";
import type { PartialConfig } from "../../src/config/config.js";
import type { RunConfig } from "../../src/config/schema.js";
import type { ControlHost } from "../../src/runtime/host.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import { SimulatedCar, WHEEL_TRAVEL } from "./car.js";
import type { SimulatedBoard } from "./simulated-board.js";
import { VirtualHost } from "./virtual-host.js";

/** What a training has to be told of the simulated car. */
export const CAR: PartialConfig = { link: "serial", "wheel-travel": WHEEL_TRAVEL };

export interface Robot {
  readonly connect: Connect;
  /** once connected */
  readonly car: () => SimulatedCar;
  readonly host: () => VirtualHost;
}

/** A car with the plant of `given` around a board; `prepare` is called before the first step. */
export function robotAround(
  board: SimulatedBoard,
  given: PartialConfig,
  prepare: (host: VirtualHost, car: SimulatedCar) => void = () => {},
): Robot {
  let car: SimulatedCar | undefined;
  let host: VirtualHost | undefined;
  let starts = 0;
  const made = <T>(part: T | undefined): T => {
    if (!part) throw new Error("the robot is not connected yet");
    return part;
  };
  return {
    connect: async (config, context) => {
      const driven = car ?? (await SimulatedCar.make(board, given));
      car = driven;
      host = new VirtualHost(config, board, driven, context.parameters, ++starts);
      prepare(host, driven);
      return linkTo(host, config, context, () => driven.put());
    },
    car: () => made(car),
    host: () => made(host),
  };
}

/** The link to a robot in virtual time; its operator always agrees, and puts it back with `put`. */
export function linkTo(
  host: ControlHost,
  config: RunConfig,
  { signal, drives, output }: Pick<LinkContext, "signal" | "drives" | "output">,
  put: () => void,
): RobotLink {
  const confirm = async () => {
    put();
    return true;
  };
  const operator = { signal, say: output.say, confirm, takeHeartbeat: () => true };
  return new RobotLink(host, config, operator, new Recorder(drives));
}
