/** The systemd unit: what it allows, by systemd's own judgement where that is installed; and the container. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { tool } from "../support/tools.js";

const pathOf = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const unit = pathOf("deploy/lapgrad.service");

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

test("the container: not root, its base an exact version that package.json allows, run with few rights", () => {
  const dockerfile = readFileSync(pathOf("deploy/Dockerfile"), "utf8");
  const values = (word: string) => [...dockerfile.matchAll(new RegExp(`^${word} (.+)$`, "gm"))].map((line) => line[1]);
  expect(values("USER").at(-1)).toMatch(/^(?!root\b|0\b)\w+$/);
  // what the image does as its user, it does after everything that needs root
  expect(dockerfile.lastIndexOf("\nUSER ")).toBeGreaterThan(dockerfile.lastIndexOf("\nRUN "));
  expect(values("FROM").length).toBe(1);
  const version = /^node:(\d+\.\d+\.\d+)-[a-z]+-slim(@sha256:[0-9a-f]{64})?$/.exec(values("FROM")[0] ?? "")?.[1];
  const { engines } = JSON.parse(readFileSync(pathOf("package.json"), "utf8"));
  expect(`>=${version}`).toBe(engines.node);
  const run = /^docker run (?:.*\\\n)*.*lapgrad train.*$/m.exec(
    readFileSync(pathOf("docs/deployment.md"), "utf8"),
  )?.[0];
  const flags = ["--read-only", "--tmpfs /tmp", "--cap-drop ALL", "--security-opt no-new-privileges", ":/robot/runs"];
  for (const flag of flags) expect(run).toContain(flag);
});
