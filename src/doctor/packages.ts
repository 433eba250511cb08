/** Optional packages: found, not loaded, since rclnodejs without ROS 2 would rebuild itself when loaded. */
import { type Check, type Group, note, ok } from "./check.js";

export const packages: Group = {
  name: "optional packages",
  checks: [
    optional("rclnodejs", "drives robots on ROS 2", "source ROS 2, then npm ci --include=optional"),
    optional("@mujoco/mujoco", "simulates the plant mujoco", "npm install @mujoco/mujoco@3.14"),
    optional("onnxruntime-node", "runs an exported network to check it", "npm ci --include=optional"),
  ],
};

function optional(name: string, purpose: string, remedy: string): Check {
  return {
    name,
    run: (system) => {
      const version = system.packageVersion(name);
      return version === undefined ? note(`not installed; it ${purpose}`, remedy) : ok(`${version}; ${purpose}`);
    },
  };
}
