/** The VESC at the port: whether it is set up so that it may be armed. Asked only where the user allows it. */

import { Fault, type Stop } from "../links/faults.js";
import type { VescAnswer } from "../links/vesc/ask.js";
import { vescFaultName } from "../links/vesc/fault-codes.js";
import { CONFIGURED, Readiness } from "../links/vesc/readiness.js";
import { vescStops } from "../links/vesc/stops.js";
import { isNoImu, VESC_BAUD, type VescAppConfiguration } from "../links/wire/vesc.js";
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

export const vesc: Group = { name: "vesc", checks: [{ name: "firmware", run: settings }] };

/** Control steps of 0.02 s, of which one may be missed. */
const SHORTEST_TIMEOUT = 0.05;

type Configured = (typeof CONFIGURED)[number]["fault"];

/** What a line of the configuration is called, and what it says where it is fine. */
const LINES: Readonly<
  Record<Exclude<Configured, Fault.vescLayout>, readonly [string, (app: VescAppConfiguration) => string]>
> = {
  [Fault.vescTimeout]: ["time-out", ({ timeout }) => `${timeout} ms`],
  [Fault.vescBrake]: ["brake current", ({ brakeCurrent }) => `${brakeCurrent} A after the time-out`],
  [Fault.vescApp]: ["app", () => "none that commands the motor"],
  [Fault.vescServo]: ["servo output", () => "on"],
};

async function settings(system: System, { device, askVesc }: DoctorOptions): Promise<Answer> {
  if (!askVesc || device === undefined)
    return notApplicable("not asked; lapgrad doctor --device <port> --ask-vesc does");
  const path = await usablePath(system, device);
  if (path === undefined) return notApplicable("the port cannot be used");
  const answer = await system.askVesc(path);
  if ("bytes" in answer && answer.bytes > 0)
    return problem(
      `${answer.bytes} bytes came from ${path} at ${VESC_BAUD} baud, but no answer of a VESC`,
      "another device is at this port: unplug the VESC, and see which port is gone",
    );
  if ("bytes" in answer)
    return problem(
      `nothing at ${path} answers as a VESC does`,
      "its power and its cable; a VESC in its boot loader is silent: upload its firmware again by VESC Tool",
    );
  return [...configuration(answer), measured(answer), imu(answer)];
}

function configuration({ firmware, app }: VescAnswer): Finding[] {
  const version = `${firmware.major}.${`${firmware.minor}`.padStart(2, "0")}`;
  const refused = (fault: keyof typeof vescStops, value: string) => {
    const { what, remedy }: Stop = vescStops[fault];
    return problem(what(value, ""), remedy);
  };
  if (new Readiness(SHORTEST_TIMEOUT).ofFirmware(firmware) !== Fault.none)
    return [refused(Fault.vescFirmware, version)];
  if (app === undefined)
    return [problem(`${version}; it does not tell its settings`, "unplug it, and plug it in again")];
  if (!CONFIGURED[0].isFine(app, SHORTEST_TIMEOUT)) return [refused(Fault.vescLayout, version)];
  const lines = CONFIGURED.slice(1).flatMap(({ fault, found, isFine }) => {
    if (fault === Fault.vescLayout) return [];
    const [name, say] = LINES[fault];
    return [named(name, isFine(app, SHORTEST_TIMEOUT) ? ok(say(app)) : refused(fault, `${found(app)}`))];
  });
  return [ok(version), ...lines];
}

function measured({ values }: VescAnswer): Finding {
  if (values === undefined) return named("battery", problem("not measured", "unplug the VESC, and plug it in again"));
  const battery = `${values.voltage.toFixed(1)} V`;
  if (values.fault === 0) return named("battery", ok(battery));
  const what = `${battery}; it stopped its motor: ${vescFaultName(`${values.fault}`)}`;
  return named("battery", problem(what, vescStops[Fault.vescStopped].remedy));
}

function imu({ imu: felt }: VescAnswer): Finding {
  const { what, remedy } = vescStops[Fault.vescImu];
  if (felt === undefined || isNoImu(felt)) return named("IMU", note(what(), remedy));
  if (felt.up < 0.8)
    return named(
      "IMU",
      note(
        `it feels ${felt.up.toFixed(2)} g upwards, so its z axis does not point up`,
        "VESC Tool, App Settings, IMU, Rotation; or --vesc gyroReversed=true where it is upside down",
      ),
    );
  return named("IMU", ok("measures, z up"));
}
