/** Optional packages: found, not loaded, since rclnodejs without ROS 2 would rebuild itself when loaded. */
import { additionOf, here, type OptionalPackage } from "../installation.js";
import { type Check, type Group, note, ok } from "./check.js";

export const packages: Group = {
  name: "optional packages",
  checks: [
    optional("rclnodejs", "drives robots on ROS 2", "source ROS 2, then "),
    optional("onnxruntime-node", "runs an exported network to check it", ""),
    optional("@mujoco/mujoco", "simulates the plant mujoco", ""),
    optional("js-aruco2", "finds the tag of --pose camera", ""),
    optional("bullmq", "does sweeps by workers on Redis, with ioredis", ""),
    optional("ioredis", "connects with Redis, for bullmq", ""),
  ],
};

/** `before`: what its installation needs. */
function optional(name: OptionalPackage, purpose: string, before: string): Check {
  return {
    name,
    run: (system) => {
      const version = system.packageVersion(name);
      return version === undefined
        ? note(`not installed; it ${purpose}`, before + additionOf(name, here()))
        : ok(`${version}; ${purpose}`);
    },
  };
}
