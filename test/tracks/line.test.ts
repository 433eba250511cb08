/** The racing line: what it minimises against differences and known answers; how it keeps to its room. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runCommand } from "../../src/cli/command.js";
import trackCommand from "../../src/cli/commands/track.js";
import { checkSetting, completeConfig } from "../../src/config/config.js";
import { CAR, checkTrack } from "../../src/tracks/check.js";
import { CyclicMatrix, minimumWithin } from "../../src/tracks/cyclic-quadratic.js";
import { onRacingLine } from "../../src/tracks/line.js";
import { trackFrom } from "../../src/tracks/make.js";
import { readRawTrack } from "../../src/tracks/read.js";
import { shapes } from "../../src/tracks/shapes.js";
import { trackOfText } from "../../src/tracks/text.js";
import { type RawTrack, shapeOf, type Track } from "../../src/tracks/track.js";
import { dot, randomNumbers } from "../support/cores.js";
import { Captured, newFolder } from "../support/runs.js";

const CIRCLE = 2;
/** What only its grip limits. */
const SPEEDS = { lateral: 6, accelerate: 4, brake: 2, top: 1000 };

function shaped(shape: string, lengths: Readonly<Record<string, number>>, room: number): RawTrack {
  const points = shapes[shape].points(lengths);
  const sides = points.map(() => room);
  return { name: shape, x: points.map(([x]) => x), y: points.map(([, y]) => y), right: sides, left: sides };
}

function example(name: string): RawTrack {
  return readRawTrack(`examples/tracks/${name}.yaml`);
}

/** Largest distance of one track's points from the other's. */
function distance(from: Track, to: Track): number {
  const nearest = (i: number) =>
    to.x.reduce(
      (least, x, j) => Math.min(least, Math.hypot(from.x[i] - x, from.y[i] - to.y[j])),
      Number.POSITIVE_INFINITY,
    );
  return Math.max(...Array.from(from.x, (_, i) => nearest(i)));
}

describe("a cyclic quadratic function", () => {
  const random = randomNumbers(5);
  const n = 23;
  const values = () => Float64Array.from({ length: n }, () => random());
  const H = new CyclicMatrix(n);
  for (let i = 0; i < n; i++) H.addSquare(i, [random(), random(), random()]);
  const ridge = new Float64Array(n).fill(0.1);

  test.each([5, 6, 23, 24])("of %d values: solving undoes the product", (size) => {
    const matrix = new CyclicMatrix(size);
    for (let i = 0; i < size; i++) matrix.addSquare(i, [random(), random(), random()]);
    const x = Float64Array.from({ length: size }, () => random());
    const more = x.map((value) => 0.1 + value * value);
    const right = matrix.times(x).map((value, i) => value + more[i] * x[i]);
    const found = matrix.solve(more, right);
    expect(Math.max(...found.map((value, i) => Math.abs(value - x[i])))).toBeLessThan(1e-11);
  });

  test("the minimum within bounds: inside no slope, at a bound one that points out, and none is passed", () => {
    for (let i = 0; i < n; i++) H.diagonals[0][i] += ridge[i];
    const g = values();
    const low = values().map((value) => -0.2 - 0.6 * Math.abs(value));
    const high = values().map((value) => 0.2 + 0.6 * Math.abs(value));
    const x = minimumWithin(H, g, low, high);
    const slope = H.times(x).map((value, i) => value + g[i]);
    let held = 0;
    for (let i = 0; i < n; i++) {
      expect(x[i]).toBeGreaterThan(low[i]);
      expect(x[i]).toBeLessThan(high[i]);
      const atBound = Math.min(x[i] - low[i], high[i] - x[i]) < 1e-6;
      if (!atBound) expect(Math.abs(slope[i])).toBeLessThan(1e-5);
      else expect(slope[i] * (x[i] - low[i] < 1e-6 ? 1 : -1)).toBeGreaterThan(-1e-5);
      held += atBound ? 1 : 0;
    }
    expect(held).toBeGreaterThan(3);
    expect(held).toBeLessThan(n);
    // no other point within the bounds is lower
    const value = (at: Float64Array) => dot(at, H.times(at)) / 2 + dot(g, at);
    for (let trial = 0; trial < 200; trial++) {
      const other = low.map((bound, i) => bound + (high[i] - bound) * (0.5 + 0.5 * random()));
      expect(value(other)).toBeGreaterThanOrEqual(value(x) - 1e-9);
    }
  });
});

describe("the racing line", () => {
  test("of a circle is the inner edge: no other is shorter, and time goes with the root of the radius", () => {
    const track = onRacingLine(shaped("circle", { radius: CIRCLE }, 0.6), SPEEDS, 0.2);
    const radii = Array.from(track.x, (x, i) => Math.hypot(x, track.y[i]));
    expect(Math.max(...radii)).toBeLessThan(CIRCLE - 0.39);
    expect(Math.min(...radii)).toBeGreaterThan(CIRCLE - 0.4 - 1e-6);
    expect(Math.max(...track.left)).toBeLessThan(0.21);
    expect(Math.min(...track.left)).toBeGreaterThan(0.199);
    expect(track.right[7]).toBeCloseTo(1, 1);
  });

  test("leaves the room that it is to leave, within the edges of the file, and takes less time", () => {
    for (const name of ["oval", "kidney", "figure8", "hairpins"]) {
      const raw = example(name);
      const before = trackFrom(raw, {});
      const track = onRacingLine(raw, {}, 0.4);
      const room = before.left[0];
      expect(Math.min(...track.left, ...track.right)).toBeGreaterThan(0.38);
      expect(distance(track, before)).toBeLessThan(room - 0.4 + 0.02);
      const gain = checkTrack(before, CAR).fastestLap / checkTrack(track, CAR).fastestLap;
      expect([name, gain > 1.03]).toStrictEqual([name, true]);
      expect(checkTrack(track, CAR).crossings).toBe(checkTrack(before, CAR).crossings);
    }
  });

  test("is the mirrored one of the mirrored track, and turns with it", () => {
    const raw = example("kidney");
    const track = onRacingLine(raw, {}, 0.4);
    const mirrored = onRacingLine({ ...raw, y: raw.y.map((y) => -y) }, {}, 0.4);
    expect(Math.max(...track.x.map((x, i) => Math.abs(x - mirrored.x[i])))).toBeLessThan(1e-6);
    expect(Math.max(...track.y.map((y, i) => Math.abs(y + mirrored.y[i])))).toBeLessThan(1e-6);
  });

  test("keeps to the middle of a piece that is too narrow, and curves to the inside no further than they turn", () => {
    const raw = shaped("oval", { straight: 4, radius: 0.8 }, 1.5);
    const narrow = raw.x.map((x, i) => (raw.y[i] < 0 && Math.abs(x) < 0.5 ? 0.3 : 1.5));
    const track = onRacingLine({ ...raw, right: narrow, left: narrow }, {}, 0.4);
    const beside = Array.from(track.y).filter((y, i) => y < 0 && Math.abs(track.x[i]) < 0.3);
    expect(beside.length).toBeGreaterThan(5);
    for (const y of beside) expect(Math.abs(y + 0.8)).toBeLessThan(0.01);
    expect(Math.max(...shapeOf(track).curvature.map(Math.abs))).toBeLessThan(3);
  });

  test("speeds of the file belong to its own line; a track without room is refused", () => {
    const raw = shaped("oval", { straight: 3, radius: 1 }, 0.6);
    const track = onRacingLine({ ...raw, speed: raw.x.map(() => 1) }, undefined, 0.3);
    expect(Math.min(...track.speed)).toBeGreaterThan(1.5);
    expect(() => onRacingLine(raw, {}, 0.7)).toThrow(
      /^oval has 0.600 m of room beside its line at most, and half the robot .* takes 0.700 m: .* widen the track/,
    );
  });

  test("is what a run keeps of its track; what is no line is refused", () => {
    const given = { task: "car-track", "track-line": "racing:0.3" };
    const config = completeConfig(given);
    const own = completeConfig({ task: "car-track" });
    const [line, before] = [trackOfText(config.track), trackOfText(own.track)];
    expect(Math.min(...line.left, ...line.right)).toBeGreaterThan(0.38);
    expect(distance(line, before)).toBeGreaterThan(0.08); // the oval's room is 0.5 m, half the car takes 0.1
    expect(distance(line, before)).toBeLessThan(0.12);
    expect(completeConfig(config).track).toBe(config.track);
    const wide = completeConfig({ ...given, track: "examples/tracks/kidney.yaml", race: true, "race-margin": 0.2 });
    expect(distance(trackOfText(wide.track), trackFrom(example("kidney"), {}))).toBeGreaterThan(0.4);
    for (const wrong of ["racing:", "racing:x", "fast", "racing:-1"])
      expect(() => checkSetting("track-line", wrong, "--track-line")).toThrow(
        /; allowed is file \(its own\), racing, or/,
      );
    expect(() => completeConfig({ ...given, "track-line": "racing:0.1", race: true, "race-margin": 0.2 })).toThrow(
      /m of room at its narrowest, but half the robot and race-margin take/,
    );
  });

  test("is written by track, beside what a lap takes on the file's own line, and is read again", async () => {
    const folder = await newFolder();
    try {
      const [out, output] = [join(folder, "fast.csv"), new Captured()];
      const typed = { action: "convert", file: "examples/tracks/kidney.yaml", line: "racing:0.3", out };
      await runCommand(trackCommand, typed, output);
      const { fastestLap, fastestLapBefore, room } = output.results[0] as Record<string, number>;
      expect(fastestLap).toBeLessThan(0.8 * fastestLapBefore);
      expect(room).toBeGreaterThan(0.29);
      expect(output.lines[0]).toMatch(
        /^by the limits a lap takes 3.\d\d s on the racing line, 4.\d\d s on the file's$/,
      );
      const written = trackFrom(readRawTrack(out), {});
      expect(distance(written, onRacingLine(example("kidney"), {}, 0.4))).toBeLessThan(0.02);
      expect(Math.max(...written.right)).toBeGreaterThan(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
