import { spawnSync } from "node:child_process";
import { test } from "@jest/globals";

export interface Firmware {
  /** the built files, by target; only used inside tests that run */
  readonly path: (file: string) => string;
  /** why it cannot be built here, with the packages to install */
  readonly absent: string | undefined;
  /** `test` where the targets could be built; elsewhere the test reports itself as skipped and says what to install */
  readonly test: (name: string, run: () => Promise<void> | void) => void;
}

/**
 * Builds targets of scripts/firmware.mjs for the tests of a file. LAPGRAD_REQUIRE_FIRMWARE=1: what is absent is an
 * error.
 */
export function firmware(...targets: string[]): Firmware {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/firmware.mjs", ...targets], { encoding: "utf8" });
  if (status !== 0 && status !== 3)
    throw new Error(`node scripts/firmware.mjs ${targets.join(" ")} failed:\n${stderr}`);
  const absent = status === 3 ? stderr.trim() : undefined;
  if (absent && process.env.LAPGRAD_REQUIRE_FIRMWARE === "1")
    throw new Error(`LAPGRAD_REQUIRE_FIRMWARE is 1, but ${absent}`);
  // jest does not name the tests of a file that is skipped as a whole
  if (absent) process.stderr.write(`tests skipped: ${absent}\n`);
  return {
    path: (file) => `build/firmware/${file}`,
    absent,
    test: (name, run) => (absent ? test.skip(`${name} (${absent})`, run) : test(name, run)),
  };
}
