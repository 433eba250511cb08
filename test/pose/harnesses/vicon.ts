import { viconPacket } from "../encoders/vicon.js";
import { datagramSender, freePort, type PoseHarness } from "../harness.js";

const vicon: PoseHarness = {
  hasTimes: false,
  seesTilt: true,
  async sender() {
    return datagramSender(await freePort(), (objects, seconds) => [viconPacket(Math.round(100 * seconds), objects)]);
  },
};

export default vicon;
