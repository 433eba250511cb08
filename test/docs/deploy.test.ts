/** The systemd unit: what it allows, by systemd's own judgement where that is installed. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { tool } from "../support/tools.js";

const unit = fileURLToPath(new URL("../../../deploy/lapgrad.service", import.meta.url));

/** Lines Key=value of the unit, without comments. */
const lines = readFileSync(unit, "utf8")
  .split("\n")
  .filter((line) => /^\w+=/.test(line));

test("a network of its own would hide it from lapgrad stop; all serial ports are allowed, and no other device", () => {
  expect(lines.filter((line) => /^(PrivateNetwork|RestrictRealtime|MemoryDenyWriteExecute)=/.test(line))).toEqual([]);
  const devices = ["ttyACM", "ttyUSB", "ttyAMA", "ttyTHS"].map((name) => `DeviceAllow=char-${name} rw`);
  expect(lines.filter((line) => line.startsWith("Device"))).toEqual(["DevicePolicy=closed", ...devices]);
});

tool("systemd").test("its exposure is 3.3 of 10 at most", () => {
  const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", unit], { encoding: "utf8" });
  const exposure = Number(/Overall exposure level for lapgrad\.service: ([\d.]+)/.exec(stdout)?.[1]);
  expect(exposure).toBeLessThanOrEqual(3.3);
});
