/// <reference lib="dom" />
/** The camera page: calibrates, looks for the tag in every picture, and sends where it is. */
import { DEGREE } from "../../../angles.js";
import type { Scene } from "../../scene.js";
import { calibrateFloor, calibrateLens, problemOfMarks, type Sighting } from "../calibrate.js";
import type { CameraFile } from "../camera-file.js";
import type { Camera } from "../lens.js";
import { CAMERA_PROTOCOL, type CameraMessage } from "../messages.js";
import { blackAndWhite, refineCorners } from "../picture.js";
import type { TagSettings } from "../tag.js";
import { DICTIONARY, type Found, type TagDetector, TagTracker, WRONG_BITS } from "../tracker.js";
import { drawOverlay } from "./overlay.js";
import { boardCorner, boardSheet, tagSheet } from "./sheet.js";
import { eachPicture, VideoSource } from "./video.js";

/** js-aruco2, from the script before this one. */
declare const AR: {
  readonly Detector: new (options: { dictionaryName: string; maxHammingDistance: number }) => TagDetector;
  readonly Dictionary: new (name: string) => { readonly codeList: readonly string[] };
};

/** Where calibrations are kept, in the browser. */
const STORE = "lapgrad-camera";
const WANTED = { width: 1280, height: 720, frameRate: 60 } as const;

function part<T extends HTMLElement>(name: string): T {
  const found = document.getElementById(name);
  if (!found) throw new Error(`the page has no part ${name}`);
  return found as T;
}

const video = part<HTMLVideoElement>("video");
const overlay = part<HTMLCanvasElement>("overlay");
const numberOf = (name: string) => Number(part<HTMLInputElement>(name).value);
/** Shows a text in a part. */
function say(name: string, text: string): void {
  part(name).textContent = text;
}
const detector = new AR.Detector({ dictionaryName: DICTIONARY, maxHammingDistance: WRONG_BITS });
const { codeList } = new AR.Dictionary(DICTIONARY);
const source = new VideoSource(video);

/** What is kept from one visit to the next. */
interface Kept {
  readonly lens?: number[];
  readonly floor?: number[];
  readonly size?: readonly [number, number];
}

let lens: Camera | undefined;
let floor: Camera | undefined;
let tracker: TagTracker | undefined;
let found: Found | undefined;
let scene: Scene | undefined;
const marks: { u: number; v: number }[] = [];
const views: Sighting[][] = [];
let socket: WebSocket | undefined;

function tagSettings(): TagSettings {
  return { id: numberOf("tag-id"), size: numberOf("tag-size"), height: numberOf("tag-height") };
}

function restart(): void {
  tracker = floor && new TagTracker(detector, floor, tagSettings());
}

function keep(): void {
  const kept: Kept = {
    size: [video.videoWidth, video.videoHeight],
    ...(lens ? { lens: Array.from(lens.lens) } : {}),
    ...(floor ? { floor: Array.from(floor.lens) } : {}),
  };
  localStorage.setItem(STORE, JSON.stringify(kept));
}

/** What was calibrated before, if the picture is as large as then. */
function recall(): void {
  const kept = JSON.parse(localStorage.getItem(STORE) ?? "{}") as Kept;
  const [width, height] = [video.videoWidth, video.videoHeight];
  if (kept.size?.[0] !== width || kept.size[1] !== height) return;
  if (kept.lens) lens = { width, height, lens: Float64Array.from(kept.lens) };
  if (kept.floor) floor = { width, height, lens: Float64Array.from(kept.floor) };
  say("lens-text", lens ? "as found before" : "no views");
  say("floor-text", floor ? "as found before" : "no marks");
  restart();
}

function connect(): void {
  const { host, search } = window.location;
  socket = new WebSocket(`ws://${host}/live${search}`, CAMERA_PROTOCOL);
  socket.onmessage = ({ data }) => {
    scene = JSON.parse(`${data}`) as Scene;
  };
  socket.onclose = () => setTimeout(connect, 1000);
}

function look(taken: number): void {
  if (!tracker) return;
  found = tracker.find(source);
  const pose = found ? { x: found.x, y: found.y, heading: found.heading } : null;
  const message: CameraMessage = {
    name: `tag ${tagSettings().id}`,
    taken: taken / 1000,
    sent: performance.now() / 1000,
    pose,
  };
  const isOpen = socket?.readyState === WebSocket.OPEN;
  if (isOpen && socket?.bufferedAmount === 0) socket.send(JSON.stringify(message));
  const degrees = ((found?.heading ?? 0) / DEGREE).toFixed(1);
  const scale = Number.isNaN(tracker.scale) ? "" : `; its side was ${tracker.scale.toFixed(2)} of that given`;
  const place = found && `x ${found.x.toFixed(3)} m, y ${found.y.toFixed(3)} m, ${degrees}°`;
  say("pose-text", place ?? `the tag is not seen${scale}`);
  say("state", isOpen ? "sending" : "lapgrad cannot be reached; trying again");
}

async function start(): Promise<void> {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: WANTED });
  } catch (error) {
    say("state", `no camera: ${error instanceof Error ? error.message : error}; allow it for this page, or plug it in`);
    return;
  }
  await video.play();
  overlay.width = video.videoWidth;
  overlay.height = video.videoHeight;
  say("state", "looking");
  recall();
  connect();
  eachPicture(video, (taken) => {
    look(taken);
    drawOverlay(overlay, { camera: floor, marks, found, scene });
  });
}

/** Corners of the board's tags in the picture as it is. */
function takeView(): void {
  const picture = source.crop(0, 0, source.width, source.height);
  const { width, height, data } = blackAndWhite(picture, 1);
  const side = numberOf("board-size");
  const view: Sighting[] = [];
  for (const { id, corners } of detector.detectImage(width, height, data))
    for (const [i, corner] of (refineCorners(picture, corners) ?? []).entries()) {
      const place = boardCorner(id, i, side);
      if (place) view.push({ x: place[0], y: place[1], u: corner.x, v: corner.y });
    }
  if (view.length >= 16) views.push(view);
  say("lens-text", `${view.length / 4} squares seen${view.length < 16 ? ", too few" : ""}; ${views.length} views`);
}

function findLens(): void {
  const size = { width: video.videoWidth, height: video.videoHeight };
  const result = views.length < 3 ? undefined : calibrateLens(views, size);
  if (result) {
    lens = result.camera;
    keep();
  }
  const right = result && `right to ${result.residual.toFixed(2)} pixel`;
  say("lens-text", `${views.length} views; ${right ?? "three or more are needed"}`);
}

function findFloor(): void {
  const size = { width: video.videoWidth, height: video.videoHeight };
  const inputs = Array.from(part("marks").querySelectorAll("li"), (item) =>
    Array.from(item.querySelectorAll("input"), ({ value }) => Number(value)),
  );
  const seen = marks.map(({ u, v }, i) => ({ x: inputs[i][0], y: inputs[i][1], u, v }));
  const result = seen.length < 4 ? undefined : calibrateFloor(seen, size, lens);
  const problem = result ? problemOfMarks(result) : "four or more are needed, not on a line";
  if (result && !problem) {
    floor = result.camera;
    keep();
    restart();
  }
  const worst = `right to ${(1000 * Math.max(...(result?.errors ?? []))).toFixed(0)} mm`;
  say("floor-text", `${seen.length} marks: ${problem ?? worst}${lens ? "" : "; the lens is not known"}`);
}

/** Gives what was calibrated as a file, for lapgrad on the computer that the camera is connected with then. */
function saveCalibration(): void {
  if (!floor) {
    say("save-text", "the floor is not known yet");
    return;
  }
  const { width, height } = floor;
  const device = part<HTMLInputElement>("device").value;
  const file: CameraFile = { device, size: [width, height], lens: Array.from(floor.lens), tag: tagSettings() };
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 2)}\n`], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: url, download: "camera.json" }).click();
  URL.revokeObjectURL(url);
  say("save-text", "camera.json");
}

function addMark({ offsetX, offsetY }: MouseEvent): void {
  const scale = video.videoWidth / overlay.clientWidth;
  marks.push({ u: offsetX * scale, v: offsetY * scale });
  const item = document.createElement("li");
  for (const name of ["x [m]", "y [m]"]) {
    const input = Object.assign(document.createElement("input"), { type: "number", step: "0.001", value: "0" });
    const label = document.createElement("label");
    label.append(`${name} `, input);
    item.append(label);
  }
  part("marks").append(item);
}

function forgetMarks(): void {
  marks.length = 0;
  part("marks").replaceChildren();
}

function print(svg: string): void {
  part("sheet").innerHTML = svg;
  window.print();
}

part("start").onclick = () => void start();
part("take-view").onclick = takeView;
part("find-lens").onclick = findLens;
part("find-floor").onclick = findFloor;
part("forget-marks").onclick = forgetMarks;
part("save").onclick = saveCalibration;
overlay.onclick = addMark;
part("print-tag").onclick = () => {
  const { id, size } = tagSettings();
  print(tagSheet(codeList[id], id, size));
};
part("print-board").onclick = () => print(boardSheet((id) => codeList[id], numberOf("board-size")));
for (const name of ["tag-id", "tag-size", "tag-height"]) part(name).onchange = restart;
