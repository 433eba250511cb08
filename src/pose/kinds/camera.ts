/**
 * A camera over the floor (docs/pose.md, Camera), by a page in a browser of the laptop that it is connected with: the
 * page looks for the car's tag and sends poses with the times of their pictures. Or, with the file that the page saves,
 * one of this computer.
 */
import { readFileSync } from "node:fs";
import { monotonicTime } from "../../clock.js";
import { messageOf, UserError } from "../../errors.js";
import { bundle, embeddable } from "../../serve/bundle.js";
import { type ServedPage, servedPage, tunnelHint } from "../../serve/page.js";
import { type Service, type Viewer, ViewServer } from "../../serve/server.js";
import { fillPage, readPage } from "../../serve/template.js";
import { cameraFileOf } from "../camera/camera-file.js";
import { detectorText } from "../camera/detector.js";
import { lookThrough } from "../camera/device.js";
import { CAMERA_PROTOCOL, cameraMessageOf } from "../camera/messages.js";
import type { PoseKind, PoseSink } from "../kind.js";
import type { Scene } from "../scene.js";

const PORT = 8766;

/** js-aruco2 in one script, which leaves `AR` behind. */
function detectorScript(): string {
  return embeddable(["cv.js", "aruco.js", "dictionaries/apriltag_36h11.js"].map(detectorText).join("\n"));
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

/** @throws UserError if it cannot be read */
function readCalibration(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`the calibration cannot be read: ${messageOf(error)}`);
  }
}

/** Serves the page, once it listens; what it says goes to `sink`. */
export function cameraServer(sink: PoseSink, scene?: Scene): ViewServer {
  return new ViewServer(cameraPage(), { [CAMERA_PROTOCOL]: new CameraService(sink, scene) });
}

const camera: PoseKind = {
  summary: "a camera over the floor, by a page in the browser",
  silence: "open the page, calibrate, and put the car where its tag is seen",
  within: Number.POSITIVE_INFINITY,
  async open(where, sink, scene) {
    const file = where?.address;
    if (file?.endsWith(".json") && where?.port === undefined && where?.via === undefined)
      return lookThrough(cameraFileOf(readCalibration(file), file), sink);
    if (file !== undefined || where?.via !== undefined)
      throw new UserError(
        "its page is served to this computer alone; allowed is a port, e.g. --pose camera=8766, or the file of " +
          "a calibration, e.g. --pose camera=camera.json",
      );
    const server = cameraServer(sink, scene);
    await server.listen(where?.port ?? PORT, "--pose camera=port");
    sink.remark(`camera page: ${server.address} (${tunnelHint(server.address)})`);
  },
};

export default camera;
