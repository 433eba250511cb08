/** Tracks from files: what people have, and what is wrong with it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { trackFrom } from "../../src/tracks/make.js";
import { placed } from "../../src/tracks/place.js";
import { readRawTrack } from "../../src/tracks/read.js";
import { textOf, trackOfText } from "../../src/tracks/text.js";
import { shapeOf, type Track } from "../../src/tracks/track.js";
import { trackFile } from "../../src/tracks/write.js";

const folder = mkdtempSync(join(tmpdir(), "lapgrad-track-"));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string, ending = "csv"): string {
  const path = join(folder, `${++files}.${ending}`);
  writeFileSync(path, text);
  return path;
}

function read(text: string, ending = "csv"): Track {
  return trackFrom(readRawTrack(fileOf(text, ending)));
}

type Point = readonly [x: number, y: number];

/** An ellipse, whose circumference is known: 2 and 1.2 m, counter-clockwise, `n` points at `at(i)` of the turn. */
function ellipse(n: number, at: (i: number) => number = (i) => i / n): Point[] {
  return Array.from({ length: n }, (_, i) => {
    const angle = 2 * Math.PI * at(i);
    return [2 * Math.cos(angle), 1.2 * Math.sin(angle)] as const;
  });
}
/** By Ramanujan's second formula, whose error here is below 1e-7. */
const AROUND = 10.210539;
const rows = (points: readonly Point[], more = "", separator = ",") =>
  points.map(([x, y]) => `${x.toFixed(5)}${separator}${y.toFixed(5)}${more}`).join("\n");

describe("what people have", () => {
  test.each([40, 200, 1000, 4000])("%d points: the same path", (n) => {
    const track = read(`# x_m,y_m,w_tr_right_m,w_tr_left_m\n${rows(ellipse(n), ",0.6,0.7")}\n`);
    expect(track.length).toBeCloseTo(AROUND, 3);
    expect(Math.max(...track.right)).toBeCloseTo(0.6, 9);
    expect(Math.min(...track.left)).toBeCloseTo(0.7, 9);
    // its tightest curve, b² / a
    const curvature = shapeOf(track).curvature;
    expect(1 / Math.max(...curvature)).toBeCloseTo(0.72, 1);
    expect(Math.min(...curvature)).toBeGreaterThan(0);
  });

  test("unequal spacing", () => {
    const track = read(rows(ellipse(120, (i) => i / 120 + 0.06 * Math.sin((4 * Math.PI * i) / 120))));
    expect(track.length).toBeCloseTo(AROUND, 3);
  });

  test("clockwise: every curve is to the right", () => {
    const track = read(rows(ellipse(100).reverse()));
    expect(track.length).toBeCloseTo(AROUND, 3);
    expect(Math.max(...shapeOf(track).curvature)).toBeLessThan(0);
  });

  test.each([
    ["the last point is the first again", (points: Point[]) => [...points, points[0]]],
    ["it is nearly the first again", (points: Point[]) => [...points, [points[0][0] + 1e-4, points[0][1]] as Point]],
    ["points twice", (points: Point[]) => points.flatMap((point, i) => (i % 7 === 0 ? [point, point] : [point]))],
    ["an open end: three points missing", (points: Point[]) => points.slice(0, -3)],
  ])("%s", (_, change) => {
    expect(read(rows(change(ellipse(150)))).length).toBeCloseTo(AROUND, 2);
  });

  test("a racing line: semicolons, comments, arc length first, speeds", () => {
    const points = ellipse(200);
    const line = (at: Point, i: number) =>
      `${(i * 0.05).toFixed(3)}; ${at[0]}; ${at[1]}; 0.1; 0.2; ${2 + i / 200}; 0.0`;
    const text = [
      "# 1a2b",
      "# made by a tool",
      "# s_m; x_m; y_m; psi_rad; kappa_radpm; vx_mps; ax_mps2",
      ...points.map(line),
    ];
    const track = read(`${text.join("\n")}\n`);
    expect(track.length).toBeCloseTo(AROUND, 3);
    expect(track.speed[0]).toBeCloseTo(2, 6);
    expect(Math.max(...track.speed)).toBeCloseTo(2.99, 1);
    const bare = read(points.map(line).join("\n"));
    expect(bare.length).toBeCloseTo(track.length, 9);
    expect(bare.speed[10]).toBeCloseTo(track.speed[10], 9);
  });

  test("widths missing: half a metre, and the fastest speed by the limits", () => {
    const track = read(`x_m,y_m,w_tr_right_m,w_tr_left_m\n${rows(ellipse(100), ",,")}`);
    expect(Math.min(...track.right, ...track.left)).toBe(0.5);
    expect(Math.max(...track.speed)).toBeGreaterThan(Math.min(...track.speed) + 0.2);
  });

  test("a line of titles, with units or of other words", () => {
    const points = ellipse(60);
    for (const title of ["x [m],y [m],right_m,left_m", "east,north,r,l", "x_m (m), y_m, W_TR_RIGHT_M, w_tr_left_m"]) {
      const track = read(`${title}\n${rows(points, ",0.3,0.4")}`);
      expect(track.length).toBeCloseTo(AROUND, 2);
      expect(track.left[0]).toBeCloseTo(0.4, 9);
    }
  });

  test("tabs, spaces, carriage returns, a byte order mark, empty lines", () => {
    const points = ellipse(60);
    for (const text of [
      rows(points, "", "\t"),
      rows(points, "", "  "),
      `\uFEFF${rows(points).replaceAll("\n", "\r\n")}\r\n\r\n`,
    ])
      expect(read(text).length).toBeCloseTo(AROUND, 2);
  });

  test("YAML: shapes, and points with room and speed", () => {
    expect(read("shape: circle\nradius: 2\n", "yaml").length).toBeCloseTo(4 * Math.PI, 4);
    expect(read("shape: figure8\nradius: 1.5\nspeed: 2\n", "yml").length).toBeCloseTo(6 * Math.PI, 3);
    const oval = read("shape: oval\nradius: 1\nstraight: 3\nwidth: { right: 0.3, left: 0.4 }\n", "yaml");
    expect(oval.length).toBeCloseTo(2 * Math.PI + 6, 2);
    expect([oval.right[5], oval.left[5]]).toEqual([0.3, 0.4]);
    const points = ellipse(64).map(([x, y]) => `  - [${x}, ${y}, 0.5, 0.6, 2.5]`);
    const own = read(`points:\n${points.join("\n")}\n`, "yaml");
    expect(own.length).toBeCloseTo(AROUND, 2);
    expect([own.left[3], own.speed[3]].map((value) => Number(value.toFixed(6)))).toEqual([0.6, 2.5]);
  });

  test("YAML: scale, place, rotation, direction, mirror", () => {
    const shape = "shape: oval\nradius: 1\nstraight: 2\nspeed: 2\n";
    const plain = read(shape, "yaml");
    const moved = read(`${shape}scale: 2\norigin: [5, -1]\nrotation: 90\n`, "yaml");
    expect(moved.length).toBeCloseTo(2 * plain.length, 4);
    // it begins in the middle of the lower straight, (0, -1): scaled, turned, moved
    expect([moved.x[0], moved.y[0]].map((value) => Number(value.toFixed(6)))).toEqual([7, -1]);
    expect(Math.max(...shapeOf(read(`${shape}direction: reverse\n`, "yaml")).curvature)).toBeLessThan(0.1);
    expect(Math.max(...shapeOf(read(`${shape}mirror: true\n`, "yaml")).curvature)).toBeLessThan(0.1);
  });

  test("room to one side alone is to the other in the mirror", () => {
    const [x, y] = [0, 1].map((i) => ellipse(20).map((point) => point[i]));
    const { right, left } = placed({ name: "a", x, y, right: x.map(() => 0.3) }, { mirror: true, scale: 2 });
    expect(right).toBeUndefined();
    expect(left).toEqual(x.map(() => 0.6));
  });

  test("written and read again it is the same, as a run keeps it and in either kind of file", () => {
    const track = read("shape: oval\nradius: 1\nstraight: 2\nspeed: { usage: 0.5 }\n", "yaml");
    const again = trackOfText(textOf(track));
    expect(textOf(again)).toBe(textOf(track));
    expect(again.length).toBeCloseTo(track.length, 6);
    for (const ending of ["csv", "yaml"]) {
      const copy = read(trackFile(track, `a.${ending}`), ending);
      expect(copy.length).toBeCloseTo(track.length, 5);
      expect(copy.speed[7]).toBeCloseTo(track.speed[7], 2);
    }
  });
});

describe("what is wrong, and where", () => {
  const circle = (n: number) => ellipse(n);

  test.each<[string, string, string, RegExp]>([
    ["fewer than 8 points", rows(circle(7)), "csv", /has 7 points; a track needs at least 8/],
    ["nothing", "# x_m, y_m\n", "csv", /holds no points; allowed are lines x_m, y_m/],
    ["a number that is none", rows(circle(30)).replace(/^(.*\n.*\n)[^,]*/, "$1nan"), "csv", /line 3: x is .*finite/],
    ["infinity in YAML", `points: [[.inf, 0], [1, 1]]\n`, "yaml", /points.0.0 is .*; allowed is a finite number/],
    ["no room", rows(circle(30), ",0.5,-0.1"), "csv", /room to the left of point 1 is -0.1 m; allowed is above 0/],
    [
      "kilometres",
      rows(circle(30).map(([x, y]) => [200 * x, 200 * y])),
      "csv",
      /is 20\d\d m long: .*metres\?.*--scale 0.1/,
    ],
    [
      "millimetres the other way",
      rows(circle(30).map(([x, y]) => [0.01 * x, 0.01 * y])),
      "csv",
      /metres\?.*--scale 10/,
    ],
    ["half a path", rows(circle(60).slice(0, 30)), "csv", /is open: .* m are missing/],
    [
      "a word in place of a shape",
      "shape: squircle\n",
      "yaml",
      /shape is "squircle"; allowed is one of circle, figure8, oval/,
    ],
    [
      "a shape without its length",
      "shape: oval\nradius: 1\n",
      "yaml",
      /needs straight and radius; straight is missing/,
    ],
    ["an unknown key", "shape: circle\nradius: 1\nspede: 2\n", "yaml", /unknown key "spede"; did you mean "speed"/],
    ["both points and a shape", "shape: circle\nradius: 1\npoints: [[0, 0]]\n", "yaml", /either points or a shape/],
    ["no YAML", "points: [[0, 0\n", "yaml", /is not YAML/],
    ["binary", "points\0", "csv", /is not a text/],
  ])("%s", (_, text, ending, message) => {
    expect(() => read(text, ending)).toThrow(message);
  });

  test("a cusp", () => {
    const points = circle(60);
    points.splice(20, 0, [points[20][0] * 0.6, points[20][1] * 0.6]);
    expect(() => read(rows(points))).toThrow(/turns back on itself at point \d+ \(x .*, y .* m\), by 1\d\d degrees/);
  });

  test("a path that touches itself in the opposite direction", () => {
    // two lobes whose inner sides meet
    const dumbbell = Array.from({ length: 80 }, (_, i): Point => {
      const angle = (2 * Math.PI * i) / 80;
      return [3 * Math.cos(angle), Math.sin(angle) * (0.01 + Math.abs(Math.cos(angle)))];
    });
    expect(() => read(rows(dumbbell))).toThrow(
      /touches itself in the opposite direction at x .*: keep the two pieces apart/,
    );
  });

  test("two laps in one file", () => {
    const laps = ellipse(160, (i) => i / 80).map(([x, y], i): Point => [x * (1 + 1e-3 * Math.sin(i)), y]);
    expect(() => read(rows(laps))).toThrow(/runs along itself for .* is it more than one lap/);
  });

  test("a speed that is impossible", () => {
    const points = ellipse(30).map(([x, y], i) => `${x}, ${y}, 0.5, 0.5, ${i === 12 ? -1 : 2}`);
    expect(() => read(`# x_m, y_m, w_tr_right_m, w_tr_left_m, vx_mps\n${points.join("\n")}`)).toThrow(
      /speed at point 13 \(x .*, y .* m\) is -1 m\/s; allowed is above 0 to 30/,
    );
  });

  test("a file that is not there, a task without a track, a speed that is none", () => {
    expect(() => completeConfig({ task: "car-track", track: "nowhere.csv" })).toThrow(
      /cannot read the track nowhere.csv/,
    );
    expect(() => completeConfig({ task: "car-figure8", track: "a.csv" })).toThrow(/car-figure8 has no track/);
    expect(() => completeConfig({ task: "car-track", track: "a\nb" })).toThrow(/not as it was written/);
  });
});
