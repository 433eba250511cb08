/**
 * The board at the port: which firmware it has and what is wired to it. Asked only where the user allows it, as opening
 * a port resets an Arduino.
 */
import type { BoardAnswer } from "../links/board.js";
import { Fault, robotStops } from "../links/faults.js";
import { MOST_BIAS, MOST_NOISE } from "../links/serial/limits.js";
import { SelfTest } from "../links/serial/self-test.js";
import { Board, protocol, ResetFlag, SensorFlag, WelcomeResult } from "../links/wire/protocol.js";
import {
  type Answer,
  type DoctorOptions,
  type Finding,
  type Group,
  named,
  notApplicable,
  note,
  ok,
  problem,
} from "./check.js";
import { usablePath } from "./serial.js";
import type { System } from "./system.js";

export const board: Group = { name: "board", checks: [{ name: "firmware", run: firmware }] };

/** A newer firmware may know boards that are not here. */
const BOARDS: Readonly<Partial<Record<number, string>>> = {
  [Board.host]: "test build on a computer",
  [Board.atmega328p]: "ATmega328P",
  [Board.rp2040]: "RP2040",
} satisfies Record<Board, string>;
const RESETS: readonly [ResetFlag, string][] = [
  [ResetFlag.powerOn, "power on"],
  [ResetFlag.external, "reset pin or opened port"],
  [ResetFlag.brownOut, "brown-out"],
  [ResetFlag.watchdog, "watchdog"],
];

async function firmware(system: System, { device, askBoard }: DoctorOptions): Promise<Answer> {
  if (!askBoard || device === undefined)
    return notApplicable("not asked; lapgrad doctor --device <port> --ask-board does, and resets an Arduino");
  const path = await usablePath(system, device);
  if (path === undefined) return notApplicable("the port cannot be used");
  const answer = await system.askBoard(path);
  if ("bytes" in answer && answer.bytes > 0)
    return problem(
      `${answer.bytes} bytes came from ${path} at ${protocol.baud} baud, but no answer of our firmware`,
      "another device is at this port, or its baud rate is another; flash the board: docs/firmware.md",
    );
  if ("bytes" in answer)
    return problem(
      `nothing at ${path} answers as our firmware does, at ${protocol.baud} baud`,
      "flash it: docs/firmware.md; if it has it: power, cable, and RX and TX crossed",
    );
  return [version(answer), start(answer), gyro(answer), selfTest(answer), battery(answer), radio(answer)];
}

function version({ welcome }: BoardAnswer): Finding {
  const found = `${BOARDS[welcome.board] ?? `board ${welcome.board}`}, protocol version ${welcome.version}`;
  if (welcome.result === WelcomeResult.accepted && welcome.version === protocol.version) return ok(found);
  return problem(
    `${found}; this lapgrad speaks ${protocol.version}`,
    "flash the firmware of this version: docs/firmware.md",
  );
}

function start({ welcome: { resetCause } }: BoardAnswer): Finding {
  const causes = RESETS.filter(([flag]) => resetCause & flag).map(([, words]) => words);
  const found = `by ${causes.join(", ") || "nothing that the board could tell"}`;
  if (resetCause & ResetFlag.watchdog)
    return named(
      "last start",
      note(`${found}: the firmware hung`, "flash it anew; if it happens again, please report it"),
    );
  const fell = resetCause & ResetFlag.brownOut && !(resetCause & ResetFlag.powerOn);
  if (fell)
    return named(
      "last start",
      note(`${found}: its supply fell too low`, "feed servo and motor from the ESC, not from the board"),
    );
  return named("last start", ok(found));
}

function gyro({ telemetry }: BoardAnswer): Finding {
  if (telemetry.sensors & SensorFlag.gyro) return named("gyro", ok("measures"));
  return named(
    "gyro",
    problem(
      "no yaw rate",
      "keep the car still; wire an MPU-6050 as in docs/firmware.md: without it lapgrad cannot drive it",
    ),
  );
}

/** What keeps lapgrad from arming the board, in the same words. */
function selfTest({ telemetry }: BoardAnswer): Finding {
  const test = new SelfTest({ battery: false, radio: false });
  const fault = test.check(telemetry);
  if (fault === Fault.noState) return named("self-test", notApplicable("there is no yaw rate to test"));
  if (fault !== Fault.none) {
    const { what, remedy } = robotStops[fault];
    return named("self-test", problem(what(`${Number(test.value.toPrecision(3))}`), remedy));
  }
  const { gyroSpread, gyroMean } = telemetry;
  const noise = `gyro noise ${gyroSpread.toFixed(4)} rad/s of ${MOST_NOISE}`;
  return named("self-test", ok(`${noise}, bias ${gyroMean.toFixed(4)} rad/s of ${MOST_BIAS}`));
}

function battery({ telemetry }: BoardAnswer): Finding {
  if (telemetry.sensors & SensorFlag.battery) return named("battery", ok(`${telemetry.battery.toFixed(2)} V`));
  return named("battery", note("not measured: a low battery stops no drive", "wire the divider of docs/firmware.md"));
}

function radio({ telemetry }: BoardAnswer): Finding {
  if (telemetry.sensors & SensorFlag.rc) return named("radio", ok(`received, mode switch at ${telemetry.rcMode} µs`));
  return named(
    "radio",
    note(
      "not received: nobody can take over by hand",
      "switch the transmitter on, or wire a receiver: docs/firmware.md",
    ),
  );
}
