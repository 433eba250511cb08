/** Tests that need a real ROS 2. */
import { test } from "@jest/globals";
import { machine } from "../../src/doctor/machine.js";
import { requireRos } from "../../src/doctor/ros.js";
import { messageOf } from "../../src/errors.js";

/** Why there is none; undefined where ROS 2 is sourced. */
export const rosAbsent: string | undefined = (() => {
  try {
    requireRos(machine);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
})();

if (rosAbsent && process.env.LAPGRAD_REQUIRE_ROS === "1") throw new Error(`LAPGRAD_REQUIRE_ROS is 1, but ${rosAbsent}`);

/** `test` where ROS 2 is sourced; elsewhere the test reports itself as skipped. */
export const rosTest = rosAbsent ? test.skip : test;

/** For processes that join a real graph: none but those of this machine may see it, or a robot next door would move. */
export const LOCAL_GRAPH: Readonly<Record<string, string>> =
  process.env.ROS_DISTRO === "humble" ? { ROS_LOCALHOST_ONLY: "1" } : { ROS_AUTOMATIC_DISCOVERY_RANGE: "LOCALHOST" };
