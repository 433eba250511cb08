import { WebSocket } from "ws";
import { CAMERA_PROTOCOL, type CameraMessage } from "../../../src/pose/camera/messages.js";
import { freePort, type PoseHarness } from "../harness.js";

/** The page's side of the connection. */
const camera: PoseHarness = {
  hasTimes: true,
  seesTilt: false,
  async sender() {
    let socket: WebSocket | undefined;
    let address = "";
    const connect = () => {
      const { host, search } = new URL(address);
      const made = new WebSocket(`ws://${host}/live${search}`, CAMERA_PROTOCOL, { origin: `http://${host}` });
      return made.on("error", () => {});
    };
    const send = async (text: string) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(text);
    };
    return {
      place: `${await freePort()}`,
      told(text) {
        const [found] = /http:\S+/.exec(text) ?? [];
        if (found === undefined) return;
        address = found;
        socket = connect();
      },
      // such a connection ends; that of the page does not
      async sendBytes(bytes) {
        if (address === "") return;
        const other = connect();
        other.on("open", () => other.send(bytes.toString("latin1")));
      },
      async send(objects, seconds) {
        for (const { name, isLost = false, x, y, heading } of objects) {
          const pose = isLost ? null : { x, y, heading };
          await send(JSON.stringify({ name, taken: seconds, sent: seconds, pose } satisfies CameraMessage));
        }
      },
      async close() {
        socket?.terminate();
      },
    };
  },
};

export default camera;
