/** Every number of docs/safety.md that is a number of the code. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { protocol } from "../../src/links/wire/protocol.js";
import { limitsFrom } from "../../src/runtime/control.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
const page = read("docs/safety.md");

/** A constant of a source file that no other file needs. */
function constant(path: string, name: string): number {
  const found = new RegExp(`const ${name} = ([0-9.e]+);`).exec(read(path))?.[1];
  if (found === undefined) throw new Error(`${path} has no constant ${name}`);
  return Number(found);
}

const config = completeConfig({});
const limits = limitsFrom(config, { heartbeatWithin: Number.POSITIVE_INFINITY });
const gate = (name: string) => constant("src/runtime/gates.ts", name);
const loop = (name: string) => constant("src/runtime/control-loop.ts", name);
const [, , speed] = carFigure8.bounds.high;

test.each([
  ["control period", `at every control step (${1000 * config["control-period"]} ms)`],
  ["time on the way", `one control period (${1000 * config["control-period"]} ms) later`],
  ["time to the pin", `with the next pulse (${protocol.pulsePeriod / 1000} ms)`],
  ["stale-after", `\`stale-after\` ${limits.staleAfter} s | ${limits.staleAfter} s`],
  [
    "silence",
    `nothing heard from the board | ${limits.silentAfter} s, or \`stale-after\` if that is less | ${limits.staleAfter} s`,
  ],
  ["max-speed", `\`max-speed\` ${limits.speed} m/s`],
  ["corridor", `\`corridor\` ${limits.corridor} m`],
  ["geofence", `\`geofence\` ${config.geofence.length === 0 ? "none" : config.geofence}`],
  ["max-jump", `\`max-jump\` ${limits.jump} m`],
  ["max-uncertainty", `\`max-uncertainty\` ${limits.uncertainty} m`],
  ["min-battery", `\`min-battery\` ${limits.battery} V | ${gate("BATTERY_FOR")} s`],
  ["bounds", `(figure-8: ${carFigure8.bounds.high[0]} m, ${speed} m/s)`],
  ["actuator", `${gate("APPLIED")} of the range | ${gate("APPLIED_FOR")} s`],
  ["lateness", `| ${limits.lateAfter} s between steps (5 steps`],
  [
    "hanging thread",
    `hangs | | by the board: ${protocol.commandTimeout / 1000} s; by the program, which ends: ${constant("src/runtime/thread-host.ts", "HANGS_AFTER") / 1000} s`,
  ],
  ["clock", `a clock that jumped | ${gate("CLOCK")} s`],
  ["dead encoder", `${gate("DRIVEN")} of the range (m/s) for ${gate("STANDS_FOR")} s | ${gate("STANDS_FOR")} s`],
  ["missed deadlines", gate("MOST_MISSED") / gate("MISSED") === 10 ? "one deadline in ten, or ten in a row" : "?"],
  ["records", `${0.75 * constant("src/runtime/records.ts", "ROWS")} rows`],
  ["dead man", `\`--dead-man\`: ${constant("src/cli/connect.ts", "HEARTBEAT_WITHIN")} s`],
  ["dead man, above", `stops ${constant("src/cli/connect.ts", "HEARTBEAT_WITHIN")} s after the last key`],
  [
    "no answer",
    `${constant("src/runtime/robot-link.ts", "ANSWER_WITHIN")} s at the start, ${loop("ARM_WITHIN")} s when`,
  ],
  ["at rest", `${loop("STILL")} m/s for ${loop("STILL_FOR")} s, or for ${loop("STILL_AFTER")} s`],
  ["stop", `did not within ${constant("src/cli/stop-run.ts", "PATIENCE") / 1000} s`],
  ["command timeout", `no valid drive command | ${protocol.commandTimeout} ms`],
  ["silence of the computer", `the board stops it ${protocol.commandTimeout} ms after the last command`],
  ["arming", `needs ${protocol.neutralBeforeArm} ms of neutral commands`],
  ["telemetry", `its next telemetry, ${protocol.telemetryIdle} ms at most`],
  ["watchdog", `firmware hangs | ${protocol.watchdog} ms`],
  ["radio's switch", `radio to stop, or manual | ${protocol.rcSettle} ms`],
  ["radio lost", `required radio lost | ${protocol.rcTimeout} ms`],
  ["pulses", `no pulse outside ${protocol.pulseLow} to ${protocol.pulseHigh} µs`],
])("%s: %s", (_, text) => {
  expect(page).toContain(text);
});
