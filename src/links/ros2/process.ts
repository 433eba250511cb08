/** The process of the ROS node, by rclnodejs. */
import { joinRos } from "./rcl.js";
import { serve } from "./serve.js";

serve(joinRos);
