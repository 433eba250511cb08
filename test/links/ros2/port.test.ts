/** The laws of the narrow port: on the graph without ROS, and on it through the adapter of rclnodejs. */
import { expect, test } from "@jest/globals";
import { joinWith } from "../../../src/links/ros2/rcl.js";
import { rclDouble } from "./double.js";
import { Graph } from "./graph.js";
import { laws } from "./port-laws.js";

for (const [law, hold] of Object.entries(laws)) {
  test(`graph without ROS: ${law}`, () => hold(new Graph().join));
  test(`adapter: ${law}`, async () => {
    const { rcl, calls } = rclDouble();
    await hold((name, onError) => joinWith(rcl, name, onError));
    expect(calls.filter((call) => call.startsWith("ABORTED"))).toEqual([]);
  });
}

test("adapter: keep last 1, volatile; no signal handlers; made before it spins, not blocking; shutdown", async () => {
  const { rcl, calls } = rclDouble();
  const node = await joinWith(rcl, "lapgrad", () => {});
  node.subscribe("nav_msgs/msg/Odometry", "/odom", "best-effort", () => {});
  node.advertise("geometry_msgs/msg/Twist", "/cmd_vel", "reliable");
  node.start();
  node.close();
  expect(calls).toEqual(["removeSignalHandlers", "init", "qos 1 1 2 2", "qos 1 1 1 2", "spin 10", "shutdown"]);
});
