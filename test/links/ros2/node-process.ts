/** The process of the ROS node on a graph without ROS. */
import { serve } from "../../../src/links/ros2/serve.js";
import { joinHub } from "./socket-graph.js";

serve(joinHub);
