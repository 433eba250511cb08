/** A camera of this computer: pictures out of a pipe, and the tag in them, by a process in place of ffmpeg. */
import { existsSync } from "node:fs";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { monotonicTime } from "../../../src/clock.js";
import { completeConfig } from "../../../src/config/config.js";
import { type CameraFile, cameraFileOf } from "../../../src/pose/camera/camera-file.js";
import { PictureStream } from "../../../src/pose/camera/picture-stream.js";
import { poseSettingsFrom } from "../../../src/pose/settings.js";
import { PoseEntry } from "../../../src/pose/shared-poses.js";
import { ThreadPoseSource } from "../../../src/pose/thread-source.js";
import { uniformFrom } from "../../../src/statistics.js";
import { newFolder } from "../../support/runs.js";
import { cameraAt, Scene } from "./render.js";

const [WIDTH, HEIGHT] = [320, 180];
const TAG = { id: 7, size: 0.5, height: 0.12 };
const camera = cameraAt([0, -1, 3], [0, 0], 160, [-0.1, 0.02], WIDTH, HEIGHT);
const LENS = Array.from(camera.lens, (number) => number + 0); // no -0, which JSON does not have
const FILE: CameraFile = { device: "/dev/none", size: [WIDTH, HEIGHT], lens: LENS, tag: TAG };
/** Where the tag is in each picture. */
const PLACES = [
  [0, 0.2, 0],
  [0.1, 0.2, 0.1],
  [0.2, 0.25, 0.2],
] as const;

let folder: string;
/** What ffmpeg writes, with the pictures of PLACES. */
let film: Buffer;
beforeAll(async () => {
  folder = await newFolder();
  film = render();
});
afterAll(() => rm(folder, { recursive: true }));

function render(): Buffer {
  const header = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 Cmono XYSCSS=400\n`);
  const pictures = PLACES.flatMap(([x, y, heading]) => {
    const { data } = new Scene(camera, [{ ...TAG, x, y, heading }], { noise: 2 }).crop(0, 0, WIDTH, HEIGHT);
    return [Buffer.from("FRAME\n"), Buffer.from(data.filter((_, i) => i % 4 === 0))];
  });
  return Buffer.concat([header, ...pictures]);
}

/** A program in place of ffmpeg. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!${process.execPath}\n${script}`);
  await chmod(path, 0o755);
  return path;
}

/** It keeps what it was asked for, says when it ends, and shows the pictures of a file, over and over. */
const showing = (pictures: string, asked: string) => `
const { readFileSync, writeFileSync } = require("node:fs");
writeFileSync(${JSON.stringify(asked)}, process.argv.slice(2).join(" "));
process.on("exit", () => writeFileSync(${JSON.stringify(`${asked}-ended`)}, ""));
const all = readFileSync(${JSON.stringify(pictures)});
const [line, size] = [all.indexOf(10) + 1, ${WIDTH * HEIGHT + 6}];
process.stdout.write(all.subarray(0, line));
process.stdout.on("error", () => process.exit());
let i = 0;
setInterval(() => {
  const at = line + (i++ % ${PLACES.length}) * size;
  process.stdout.write(all.subarray(at, at + size));
}, 100);`;

/** The source that a calibration in a file makes; `said` gets what people are told. */
async function sourceOf(file: CameraFile, said: string[] = []): Promise<ThreadPoseSource> {
  const path = join(folder, "camera.json");
  await writeFile(path, JSON.stringify(file));
  const settings = poseSettingsFrom(completeConfig({ pose: `camera=${path}` }));
  if (!settings) throw new Error("no source");
  return new ThreadPoseSource(settings, (text) => said.push(text));
}

test("pictures come whole, however their bytes come in", () => {
  const bytes = film;
  const random = uniformFrom(3);
  for (const most of [1e9, 7000, 500]) {
    const pictures: Uint8Array[] = [];
    const stream = new PictureStream(WIDTH, HEIGHT, (picture) => pictures.push(picture));
    for (let at = 0; at < bytes.length; ) {
      const count = 1 + Math.floor(most * random());
      stream.push(bytes.subarray(at, at + count));
      at += count;
    }
    expect(pictures).toHaveLength(PLACES.length);
    const size = WIDTH * HEIGHT;
    for (const [i, picture] of pictures.entries()) {
      const from = bytes.length - (PLACES.length - i) * (size + 6) + 6;
      expect(Buffer.compare(picture, bytes.subarray(from, from + size))).toBe(0);
    }
  }
});

test.each([
  [
    "another size",
    "YUV4MPEG2 W640 H480 F30:1 Ip A1:1 Cmono\n",
    /pictures of 640 x 480 pixels.* calibrated with 320 x 180/,
  ],
  ["colours", "YUV4MPEG2 W320 H180 F30:1 Ip A1:1 C420jpeg\n", /expected is YUV4MPEG2 in grey/],
  ["something else", "x".repeat(5000), /begins with "xxx/],
  [
    "bytes between pictures",
    `YUV4MPEG2 W320 H180 F30:1 Cmono\nFRAME\n${"y".repeat(320 * 180)}zz\n`,
    /begins with "zz"/,
  ],
])("%s is refused", (_, text, said) => {
  const stream = new PictureStream(WIDTH, HEIGHT, () => {});
  expect(() => stream.push(Buffer.from(text))).toThrow(said);
});

test("the tag's poses come from the pictures of a process, which ends with their thread", async () => {
  const [pictures, asked] = [join(folder, "film.y4m"), join(folder, "asked")];
  await writeFile(pictures, film);
  const begun = monotonicTime();
  const source = await sourceOf({ ...FILE, ffmpeg: await program("shows", showing(pictures, asked)) });
  const seen = new Set<number>();
  try {
    await source.open();
    const row = new Float64Array(PoseEntry.count);
    while (seen.size < 2) {
      if (!source.poll(row)) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      const [seconds, arrived, x, y, heading] = row;
      const place = PLACES.findIndex(([placeX, placeY]) => Math.hypot(x - placeX, y - placeY) < 5e-3);
      expect(place).toBeGreaterThanOrEqual(0);
      expect(Math.abs(heading - PLACES[place][2])).toBeLessThan(0.0175);
      expect(seconds).toBeGreaterThan(begun);
      expect(arrived).toBeGreaterThan(seconds);
      seen.add(place);
    }
  } finally {
    await source.close();
  }
  expect(await readFile(asked, "utf8")).toMatch(
    /-f v4l2 -input_format mjpeg .*-video_size 320x180 -i \/dev\/none .*gray/,
  );
  while (!existsSync(`${asked}-ended`)) await new Promise((resolve) => setTimeout(resolve, 20));
});

test("a camera that gives nothing: what ffmpeg says of it, after any format was asked for", async () => {
  const says = "console.error('/dev/none: no such format'); process.exit(1)";
  const said: string[] = [];
  const source = await sourceOf({ ...FILE, ffmpeg: await program("complains", says) }, said);
  await expect(source.open()).rejects.toThrow("no pictures from /dev/none: /dev/none: no such format");
  expect(said).toEqual(["pose: the camera's pictures ended: /dev/none: no such format"]); // once, of two
  const absent = await sourceOf({ ...FILE, ffmpeg: join(folder, "nothing") });
  await expect(absent.open()).rejects.toThrow(/ffmpeg is needed: apt install ffmpeg/);
});

test("what the page saves is read; what is none of it is refused, with what is wrong", async () => {
  expect(cameraFileOf(JSON.stringify(FILE), "camera.json")).toEqual(FILE);
  for (const [change, said] of [
    [{ lens: [1, 2] }, /camera.json has lens 2, not 9/],
    [{ size: [320] }, /has size/],
    [{ tag: { id: 7, size: -1, height: 0 } }, /has tag\.size -1, not >0/],
    [{ device: "video0" }, /has device "video0", not a path from the root/],
  ] as const)
    expect(() => cameraFileOf(JSON.stringify({ ...FILE, ...change }), "camera.json")).toThrow(said);
  expect(() => cameraFileOf("{", "camera.json")).toThrow(
    /camera.json is no JSON; allowed is what the camera page saves/,
  );
  const settings = poseSettingsFrom(completeConfig({ pose: `camera=${join(folder, "none.json")}` }));
  if (!settings) throw new Error("no source");
  await expect(new ThreadPoseSource(settings, () => {}).open()).rejects.toThrow(
    /--pose camera: the calibration cannot be read: ENOENT/,
  );
});
