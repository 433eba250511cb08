/** Whether a track makes sense for a robot; speeds by its limits; a lap of a drive. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { fittedModel } from "../../src/config/track.js";
import { CAR, checkTrack } from "../../src/tracks/check.js";
import { lapOfDrive } from "../../src/tracks/from-drive.js";
import { trackFrom, trackThrough } from "../../src/tracks/make.js";
import { progressAlong } from "../../src/tracks/progress.js";
import { readRawTrack } from "../../src/tracks/read.js";
import { shapes } from "../../src/tracks/shapes.js";
import { fastestProfile, limitsOfModel } from "../../src/tracks/speed.js";
import { lapTimeOf, type SpeedPlan, shapeOf, type Track, turningsOf } from "../../src/tracks/track.js";
import { randomNumbers } from "../support/cores.js";
import { newFolder } from "../support/runs.js";

function shaped(shape: string, lengths: Readonly<Record<string, number>>, wanted: SpeedPlan): Track {
  return trackThrough(shape, shapes[shape].points(lengths), wanted);
}

describe("check", () => {
  test("the figure-8: length, lap, one crossing, radius", () => {
    const check = checkTrack(shaped("figure8", { radius: 1.5 }, { constant: 3 }), { ...CAR, lateral: 8 });
    expect(check.length).toBeCloseTo(6 * Math.PI, 3);
    expect(check.lapTime).toBeCloseTo(2 * Math.PI, 3);
    expect(check.crossings).toBe(1);
    expect(check.leastRadius).toBeCloseTo(1.5, 1);
    expect(check.problems).toEqual([]);
  });

  test("a curve that is tighter than the least circle, and where", () => {
    const { problems, leastRadius } = checkTrack(shaped("oval", { straight: 3, radius: 0.4 }, { constant: 0.5 }), CAR);
    expect(leastRadius).toBeGreaterThan(0.37);
    expect(leastRadius).toBeLessThan(0.41);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(
      /the curve .* m from the start .* has a radius of 0.\d+ m, less than the least circle of 0.5/,
    );
  });

  test("a speed that is impossible, where, and which one is possible", () => {
    const { problems, usage } = checkTrack(shaped("oval", { straight: 3, radius: 1 }, { constant: 3.5 }), CAR);
    expect(usage).toBeCloseTo(3.5 ** 2 / 7, 1);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatch(/the speed .* m from the start .* is 3.50 m\/s; 2.\d+ m\/s is possible there/);
  });

  test.each(["oval", "kidney", "hairpins", "long", "figure8"])("the example %s", (name) => {
    const { problems, crossings } = checkTrack(trackFrom(readRawTrack(`examples/tracks/${name}.yaml`)), CAR);
    expect(crossings).toBe(name === "hairpins" || name === "figure8" ? 1 : 0);
    if (name !== "figure8") expect(problems).toEqual([]);
  });
});

describe("the fastest profile", () => {
  const { curvature, step } = (() => {
    const track = shaped("oval", { straight: 4, radius: 1 }, { constant: 1 });
    return { curvature: shapeOf(track).curvature, step: track.step };
  })();

  test("in corners the lateral limit, between them no more than acceleration and braking give", () => {
    const limits = { lateral: 6, accelerate: 4, brake: 2, top: 5 };
    const speed = fastestProfile(curvature, step, limits, 1);
    expect(Math.min(...speed)).toBeCloseTo(Math.sqrt(6), 1);
    for (let i = 0; i < speed.length; i++) {
      const next = speed[(i + 1) % speed.length];
      const gain = (next ** 2 - speed[i] ** 2) / (2 * step);
      expect(gain).toBeLessThanOrEqual(4 + 1e-9);
      expect(gain).toBeGreaterThanOrEqual(-2 - 1e-9);
      expect(speed[i] ** 2 * Math.abs(curvature[i])).toBeLessThanOrEqual(6 * 1.001);
      // the friction ellipse
      const across = (speed[i] ** 2 * Math.abs(curvature[i])) / 6;
      if (gain > 0) expect((gain / 4) ** 2 + across ** 2).toBeLessThanOrEqual(1 + 1e-6);
    }
  });

  test("a rounding error of the curvature stays one of the speed, as from processor to processor", () => {
    const limits = { lateral: 6.5, accelerate: 4.5, brake: 1.2, top: 4.4 };
    const speed = fastestProfile(curvature, step, limits, 1);
    for (const error of [1 - 2e-16, 1 + 3e-16]) {
      const other = fastestProfile(
        curvature.map((k) => k * error),
        step,
        limits,
        1,
      );
      expect(Math.max(...speed.map((v, k) => Math.abs(other[k] - v)))).toBeLessThan(1e-13);
    }
  });

  test("a limit that never binds changes nothing; speeds go with the root of the part that is used", () => {
    const limits = { lateral: 6, accelerate: 4, brake: 2, top: 1e9 };
    const whole = fastestProfile(curvature, step, limits, 1);
    const half = fastestProfile(curvature, step, limits, 0.5);
    whole.forEach((v, i) => {
      expect(half[i]).toBeCloseTo(v * Math.sqrt(0.5), 4);
    });
    const lap = (speed: Float64Array) => lapTimeOf({ speed, step });
    expect(lap(half) / lap(whole)).toBeCloseTo(Math.SQRT2, 4);
  });
});

test("the limits of a fitted model: lateral by its grip, no brakes", () => {
  const model = { throttleGain: 6, offset: 0.2, linearDrag: 0.3, drag: 0.1, inverseGrip: 1 / 7.5 };
  const { lateral, accelerate, brake, top } = limitsOfModel(model, 0.75);
  expect(lateral).toBeCloseTo(7.5, 9);
  expect(accelerate).toBeCloseTo(4.7, 9);
  expect(4.7 - 0.3 * top - 0.1 * top ** 2).toBeCloseTo(0, 9);
  expect(brake).toBeCloseTo(0.3 * 2.5 + 0.1 * 2.5 ** 2 - 0.2, 9);
});

test("the model that a run fitted last, without a line that a crash cut off", async () => {
  const folder = await newFolder();
  const model = { throttleGain: 6, offset: 0.2, linearDrag: 0.3, drag: 0.1, inverseGrip: 0.14 };
  const lineOf = (throttleGain: number) => {
    const values = Object.entries({ ...model, throttleGain }).map(([name, value]) => [name, { value }]);
    return JSON.stringify({ model: Object.fromEntries(values) });
  };
  const write = (text: string) => writeFile(join(folder, "metrics.jsonl"), text);
  try {
    await write(`${lineOf(5)}\n${lineOf(6)}\n{"index":3}\n${lineOf(7).slice(0, -4)}`);
    expect(fittedModel(folder)).toEqual(model);
    await write('{"index":1}\n');
    expect(() => fittedModel(folder)).toThrow(/^track-limits: .*metrics.jsonl holds no fitted model; give the folder/);
    await rm(folder, { recursive: true });
    expect(() => fittedModel(folder)).toThrow(/^track-limits: cannot read .*metrics.jsonl: .*; give the folder/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("progress along a track: laps, and backwards", () => {
  const track = shaped("circle", { radius: 2 }, { constant: 1 });
  const drive = (turns: number) => {
    const steps = 401;
    return Float64Array.from({ length: 4 * steps }, (_, k) => {
      const angle = (2 * Math.PI * turns * Math.floor(k / 4)) / (steps - 1) + 0.3;
      return [1.9 * Math.cos(angle), 1.9 * Math.sin(angle), 0, 0][k % 4];
    });
  };
  expect(progressAlong(track, drive(1.5), 4)).toBeCloseTo(1.5 * track.length, 1);
  expect(progressAlong(track, drive(-0.5), 4)).toBeCloseTo(-0.5 * track.length, 1);
});

describe("a lap of a drive", () => {
  /** Steps of a drive along an ellipse: x, y, v, phi. */
  function driven(turns: number, drift: number, noise: number): Float64Array {
    const random = randomNumbers(3);
    const steps = Math.round(400 * turns);
    return Float64Array.from({ length: 4 * steps }, (_, k) => {
      const angle = (2 * Math.PI * Math.floor(k / 4)) / 400;
      const places = [2 * Math.cos(angle) + (drift * angle) / (2 * Math.PI), 1.2 * Math.sin(angle)];
      return k % 4 < 2 ? places[k % 4] + noise * random() : 0;
    });
  }

  test("its gap is closed, and its size said", () => {
    const lap = lapOfDrive("a", driven(1.3, 0.2, 0), 4, { smooth: 0.05, gap: 1 });
    expect(lap.gap).toBeGreaterThan(0.005);
    expect(lap.gap).toBeLessThan(0.21);
    const track = trackFrom(lap.raw);
    expect(track.length).toBeGreaterThan(9.9);
    expect(track.length).toBeLessThan(10.4);
    expect(Math.max(...shapeOf(track).curvature)).toBeLessThan(1.8);
  });

  test("noise is smoothed away", () => {
    const track = trackFrom(lapOfDrive("a", driven(1.2, 0, 0.01), 4, { smooth: 0.15, gap: 1 }).raw);
    expect(track.length).toBeGreaterThan(9.8);
    expect(track.length).toBeLessThan(10.4);
    expect(Math.max(...shapeOf(track).curvature)).toBeLessThan(2.5);
    expect(Math.min(...shapeOf(track).curvature)).toBeGreaterThan(-0.8);
  });

  const PLAN = { smooth: 0.1, gap: 1 };

  test("a drive that does not come round, or not far enough: how near it came", () => {
    expect(() => lapOfDrive("a.mcap", driven(0.6, 0, 0), 4, PLAN)).toThrow(
      /a.mcap holds no lap: in .* m it never came/,
    );
    const open = driven(1.1, 1.5, 0);
    expect(() => lapOfDrive("a", open, 4, PLAN)).toThrow(
      /within 1 m of .* in the same direction: after .* m it was 1\.\d+ m away; .* or allow a larger --gap/,
    );
    const lap = lapOfDrive("a", open, 4, { ...PLAN, gap: 2 });
    expect(lap.gap).toBeGreaterThan(1);
    expect(trackFrom(lap.raw).length).toBeGreaterThan(9);
  });

  test("a robot that never moved, and one of which nothing was measured", () => {
    const still = /the robot moved 0.000 m in all, and a lap is at least 2 m; drive once around/;
    expect(() => lapOfDrive("a", new Float64Array(400), 4, PLAN)).toThrow(still);
    expect(() => lapOfDrive("a", new Float64Array(400).fill(Number.NaN), 4, PLAN)).toThrow(still);
  });

  test("several laps: one is taken, and said how far the next lies from it, by drift too", () => {
    const once = lapOfDrive("a", driven(1.3, 0, 0), 4, PLAN);
    expect([once.laps > 1.2, once.apart]).toStrictEqual([true, null]);
    const still = lapOfDrive("a", driven(3.2, 0, 0), 4, PLAN);
    expect(still.laps).toBeCloseTo(3.2, 1);
    expect(still.apart).toBeLessThan(0.02);
    const drifting = lapOfDrive("a", driven(3.2, 0.4, 0), 4, PLAN);
    // 0.4 m a lap along x: across the path as much as the path lies across x
    expect(drifting.apart).toBeGreaterThan(0.1);
    expect(drifting.apart).toBeLessThan(0.4);
  });

  test("the other way round, and backwards", () => {
    const way = driven(1.3, 0, 0);
    const turned = new Float64Array(way.length);
    for (let i = 0; i < way.length; i += 4) turned.set(way.subarray(way.length - 4 - i, way.length - i), i);
    expect(turningsOf(trackFrom(lapOfDrive("a", way, 4, PLAN).raw))).toBe(1);
    expect(turningsOf(trackFrom(lapOfDrive("a", turned, 4, PLAN).raw))).toBe(-1);
    const isBackwards = (v: number) =>
      lapOfDrive(
        "a",
        way.map((value, k) => (k % 4 === 2 ? v : value)),
        4,
        PLAN,
      ).isBackwards;
    expect([isBackwards(1), isBackwards(-1)]).toStrictEqual([false, true]);
  });

  test("one that rolled back within the lap: another lap is taken, or none", () => {
    const way = driven(1.15, 0, 0).map((value, k) => (k % 4 === 2 ? 1 : value));
    const rows = Array.from({ length: way.length / 4 }, (_, i) => [...way.subarray(4 * i, 4 * i + 4)]);
    const back = rows
      .slice(180, 200)
      .reverse()
      .map(([x, y, , phi]) => [x, y, -1, phi]);
    const rolled = [...rows.slice(0, 200), ...back, ...rows.slice(180)];
    expect(() => lapOfDrive("a", Float64Array.from(rolled.flat()), 4, PLAN)).toThrow(
      /it rolled back by more than 0.1 m/,
    );
    const again = Float64Array.from([...rolled, ...rows.slice(60), ...rows].flat());
    expect(trackFrom(lapOfDrive("a", again, 4, PLAN).raw).length).toBeLessThan(10.4);
  });
});
