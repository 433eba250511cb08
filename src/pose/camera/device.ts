/**
 * A camera of this computer, without a browser (docs/pose.md, Camera): ffmpeg gives its pictures through a pipe, and a
 * thread of its own looks for the tag in them. A picture that comes while that still looks at another waits, and only
 * the newest one does.
 */
import { spawn } from "node:child_process";
import { Worker } from "node:worker_threads";
import { monotonicTime } from "../../clock.js";
import { messageOf, UserError } from "../../errors.js";
import { printableLine } from "../../output.js";
import type { PoseSink } from "../kind.js";
import type { CameraFile } from "./camera-file.js";
import { newDetector } from "./detector.js";
import type { Looked, Taken } from "./look.js";
import { PictureStream } from "./picture-stream.js";

/** Pictures per second that the camera is asked for. */
const RATE = 30;
/** What is kept of what ffmpeg complains about [character]. */
const KEPT = 2000;
/** Longest remark of it [character]. */
const SAID = 200;
/** What the camera is asked for: cameras send large pictures fast enough as JPEG only; what they have. */
const FORMATS = [["-input_format", "mjpeg"], []] as const;

/** Looks for the tag, and tells where it is; `look` takes pictures. */
function startLooking(file: CameraFile, sink: PoseSink): (taken: Taken) => void {
  const name = `tag ${file.tag.id}`;
  const worker = new Worker(new URL("./look.js", import.meta.url), { workerData: file });
  let isBusy = false;
  let next: Taken | undefined;
  const look = (taken: Taken) => {
    isBusy = true;
    worker.postMessage(taken, [taken.picture.buffer]);
  };
  worker.on("message", ({ taken, pose }: Looked) => {
    isBusy = false;
    const now = monotonicTime();
    if (pose === null) sink.lose(name, now);
    else sink.take({ name, ...pose, tilt: 0, taken, sent: now }, now);
    if (next) look(next);
    next = undefined;
  });
  worker.on("error", (error) => sink.remark(`the thread that looks at pictures ended: ${messageOf(error)}`));
  return (taken) => {
    if (isBusy) next = taken;
    else look(taken);
  };
}

/**
 * Looks until its thread ends.
 * @throws UserError if js-aruco2 or ffmpeg is not there, or gives no pictures
 */
export async function lookThrough(file: CameraFile, sink: PoseSink): Promise<void> {
  newDetector(); // that the package is there
  const look = startLooking(file, sink);
  let why = "";
  for (const format of FORMATS) {
    why = await pictures(file, format, look, sink);
    if (why === "") return;
  }
  throw new UserError(`no pictures from ${file.device}: ${why}`, 1);
}

/** "" once the first picture has come; before, why none will. */
function pictures(
  { device, size: [width, height], ffmpeg: program = "ffmpeg" }: CameraFile,
  format: readonly string[],
  look: (taken: Taken) => void,
  sink: PoseSink,
): Promise<string> {
  const input = ["-f", "v4l2", ...format, "-framerate", `${RATE}`, "-video_size", `${width}x${height}`, "-i", device];
  const output = ["-an", "-pix_fmt", "gray", "-f", "yuv4mpegpipe", "pipe:1"];
  const quiet = ["-hide_banner", "-loglevel", "error", "-nostdin", "-fflags", "nobuffer", "-flags", "low_delay"];
  const ffmpeg = spawn(program, [...quiet, ...input, ...output], { stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve) => {
    let complaints = "";
    const stream = new PictureStream(width, height, (picture) => {
      look({ picture, taken: monotonicTime() });
      resolve("");
    });
    const end = (why: string) => {
      ffmpeg.kill();
      sink.remark(`the camera's pictures ended: ${why}`);
      resolve(why);
    };
    ffmpeg.stdout.on("data", (bytes: Buffer) => {
      try {
        stream.push(bytes);
      } catch (error) {
        ffmpeg.stdout.removeAllListeners("data");
        end(messageOf(error));
      }
    });
    ffmpeg.stderr.on("data", (bytes: Buffer) => {
      complaints = `${complaints}${bytes.toString("utf8")}`.slice(-KEPT);
    });
    ffmpeg.on("error", (error) => {
      const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
      end(isAbsent ? "the program ffmpeg is needed: apt install ffmpeg" : messageOf(error));
    });
    ffmpeg.on("close", () => {
      const last = complaints.trim().split("\n").at(-1) ?? "";
      end(printableLine(last === "" ? "ffmpeg ended" : last, SAID));
    });
  });
}
