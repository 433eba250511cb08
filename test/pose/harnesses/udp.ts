import { datagramSender, freePort, type PoseHarness } from "../harness.js";

const udp: PoseHarness = {
  hasTimes: true,
  seesTilt: false,
  async sender() {
    return datagramSender(await freePort(), (objects, t) =>
      objects
        .filter(({ isLost }) => !isLost)
        .map(({ name, x, y, heading }) => Buffer.from(JSON.stringify({ name, t, x, y, phi: heading }))),
    );
  },
};

export default udp;
