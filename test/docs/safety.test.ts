/**
 * The tables of docs/safety.md are those of the code, and every other number of it that is a number of the code is
 * right.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { Fault } from "../../src/links/faults.js";
import { protocol } from "../../src/links/wire/protocol.js";
import { HEARTBEAT_WITHIN } from "../../src/runtime/gates.js";
import { ARM_WITHIN, STILL, STILL_AFTER, STILL_FOR } from "../../src/runtime/states.js";
import { describeFault, remedyOf } from "../../src/runtime/stops.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
const page = read("docs/safety.md");
/** without the line breaks of its paragraphs */
const prose = page.replace(/\n */g, " ");

/** A constant of a source file that no other file needs. */
function constant(path: string, name: string): number {
  const found = new RegExp(`const ${name} = ([0-9.e]+);`).exec(read(path))?.[1];
  if (found === undefined) throw new Error(`${path} has no constant ${name}`);
  return Number(found);
}

const config = completeConfig({});
const [, , speed] = carFigure8.bounds.high;

test.each([
  ["control period", `at every control step (${1000 * config["control-period"]} ms)`],
  ["time on the way", `one control period (${1000 * config["control-period"]} ms) later`],
  ["time to the pin", `with the next pulse (${protocol.pulsePeriod / 1000} ms)`],
  ["bounds", `bounds of the figure-8 are ${carFigure8.bounds.high[0]} m and ${speed} m/s`],
  [
    "hanging thread",
    `the board notices it after ${protocol.commandTimeout / 1000} s, and the program, which ends, ` +
      `after ${constant("src/runtime/thread-host.ts", "HANGS_AFTER") / 1000} s`,
  ],
  ["records", `${0.75 * constant("src/runtime/records.ts", "ROWS")} rows`],
  ["dead man", `stops ${HEARTBEAT_WITHIN} s after the last key`],
  [
    "no answer",
    `${constant("src/runtime/find-state.ts", "ANSWER_WITHIN")} s at the start, ${ARM_WITHIN} s when arming`,
  ],
  ["at rest", `${STILL} m/s for ${STILL_FOR} s, or for ${STILL_AFTER} s`],
  ["stop", `did not within ${constant("src/runtime/stop-drivers.ts", "GIVES_UP_AFTER") / 1000} s`],
  ["command timeout", `no valid drive command | ${protocol.commandTimeout} ms`],
  ["silence of the computer", `the board stops it ${protocol.commandTimeout} ms after the last command`],
  ["arming, states", `${protocol.neutralBeforeArm} ms of neutral commands | neutral`],
  ["arming", `needs ${protocol.neutralBeforeArm} ms of neutral commands`],
  ["telemetry", `${protocol.telemetryIdle} ms: its next telemetry`],
  ["watchdog", `firmware hangs | ${protocol.watchdog} ms`],
  ["radio's switch", `radio to stop, or manual | ${protocol.rcSettle} ms`],
  ["radio lost", `required radio lost | ${protocol.rcTimeout} ms`],
  ["blow", `a blow of more than ${protocol.shock} g | one sample`],
  ["fall", `leaning by more than 60° | ${protocol.tiltAfter} ms`],
  ["pulses", `no pulse outside ${protocol.pulseLow} to ${protocol.pulseHigh} µs`],
])("%s: %s", (_, text) => {
  expect(prose).toContain(text);
});

test("the tables are those of the code", async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ["scripts/docs.mjs", "--check"], { cwd: root }).catch(
    (error: { stderr: string }) => error,
  );
  expect(stderr).not.toContain("docs/safety.md is stale");
});

test.each(Object.values(Fault).filter((fault) => typeof fault === "number" && fault !== Fault.none))(
  "fault %s has one row",
  (fault) => {
    const remedy = remedyOf(fault as Fault);
    const says = describeFault({ fault: fault as Fault, value: Number.NaN, limit: Number.NaN }).replaceAll("NaN", "…");
    const rows = page.split("\n").filter((line) => line.startsWith(`| ${says} |`) && line.endsWith(`| ${remedy} |`));
    expect(rows).toHaveLength(1);
  },
);
