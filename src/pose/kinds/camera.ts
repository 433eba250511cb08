/**
 * A camera over the floor, by a page in a browser of the laptop that it is connected with (docs/pose.md, Camera): the
 * page looks for the car's tag and sends poses with the times of their pictures.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { monotonicTime } from "../../clock.js";
import { UserError } from "../../errors.js";
import { additionOf, here } from "../../installation.js";
import { bundle, embeddable } from "../../serve/bundle.js";
import { type ServedPage, servedPage, tunnelHint } from "../../serve/page.js";
import { type Service, type Viewer, ViewServer } from "../../serve/server.js";
import { fillPage, readPage } from "../../serve/template.js";
import { CAMERA_PROTOCOL, cameraMessageOf } from "../camera/messages.js";
import type { PoseKind, PoseSink } from "../kind.js";
import type { Scene } from "../scene.js";

const PORT = 8766;

/** js-aruco2 in one script, which leaves `AR` behind. */
function detectorScript(): string {
  const require = createRequire(import.meta.url);
  const read = (file: string) => {
    try {
      return readFileSync(require.resolve(`js-aruco2/src/${file}`), "utf8");
    } catch {
      throw new UserError(`the package js-aruco2 is needed: ${additionOf("js-aruco2", here())}`);
    }
  };
  return embeddable(["cv.js", "aruco.js", "dictionaries/apriltag_36h11.js"].map(read).join("\n"));
}

/** The page: the detector, what looks with it, and nothing from outside. */
function cameraPage(): ServedPage {
  const detector = detectorScript();
  const script = bundle(new URL("../camera/page/main.js", import.meta.url));
  const style = `${readPage("report/style.css")}${readPage("pose/camera.css")}`;
  return servedPage(fillPage("pose/camera.html", { style, detector, script }), [detector, script]);
}

/** What the page may say; it is told what to draw over the picture. */
class CameraService implements Service {
  readonly ofPage = true;
  readonly #sink: PoseSink;
  readonly #scene: Scene | undefined;

  constructor(sink: PoseSink, scene: Scene | undefined) {
    this.#sink = sink;
    this.#scene = scene;
  }

  open(viewer: Viewer): void {
    if (this.#scene) viewer.send(JSON.stringify(this.#scene));
  }

  close(): void {
    this.#sink.remark("the camera page was closed");
  }

  hear(_viewer: unknown, data: Buffer, isBinary: boolean): boolean {
    const arrived = monotonicTime();
    const message = isBinary ? undefined : cameraMessageOf(data.toString("utf8"));
    if (message === undefined) return false;
    const { name, taken, sent, pose } = message;
    if (pose === null) this.#sink.lose(name, arrived);
    else this.#sink.take({ name, ...pose, tilt: 0, taken, sent }, arrived);
    return true;
  }
}

const camera: PoseKind = {
  summary: "a camera over the floor, by a page in the browser",
  silence: "open the page, calibrate, and put the car where its tag is seen",
  within: Number.POSITIVE_INFINITY,
  async open(where, sink, scene) {
    if (where?.address !== undefined || where?.via !== undefined)
      throw new UserError("its page is served to this computer alone; allowed is a port, e.g. --pose camera=8766");
    const server = new ViewServer(cameraPage(), { [CAMERA_PROTOCOL]: new CameraService(sink, scene) });
    await server.listen(where?.port ?? PORT, "--pose camera=port");
    sink.remark(`camera page: ${server.address} (${tunnelHint(server.address)})`);
  },
};

export default camera;
