/** One law of the narrow port on a real ROS 2. Usage: node law-process.js <law> */
import { joinRos } from "../../../src/links/ros2/rcl.js";
import { laws } from "./port-laws.js";

await laws[process.argv[2]]?.(joinRos);
process.stdout.write("held");
process.exit(0);
