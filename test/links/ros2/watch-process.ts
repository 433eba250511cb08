/** Prints what is published on a topic of Float32 on a real ROS 2, a line each. Usage: node watch-process.js <topic> */
import { joinRos } from "../../../src/links/ros2/rcl.js";

const [, , topic] = process.argv;
const node = await joinRos("lapgrad_watch", () => {});
node.subscribe("std_msgs/msg/Float32", topic, "reliable", ({ data }) => process.stdout.write(`${data}\n`));
node.start();
process.stderr.write(`watches ${topic}\n`);
