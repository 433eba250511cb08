/** Tracks in the core: the figure-8 as a track, places at crossings and beside the path, a mirrored path. */
import { describe, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { Core } from "../../src/core/core.js";
import { coreFor } from "../../src/session.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { carTrack } from "../../src/tasks/car-track.js";
import { onTrack } from "../../src/tasks/path.js";
import { trackFrom } from "../../src/tracks/make.js";
import { pathNodes } from "../../src/tracks/path-table.js";
import { placed } from "../../src/tracks/place.js";
import { readRawTrack } from "../../src/tracks/read.js";
import { type RawTrack, type SpeedPlan, type Track, taskTimes } from "../../src/tracks/track.js";
import { randomNumbers } from "../support/cores.js";

const ROW = 64;
const [Y, DX] = [2 * ROW, ROW];
const raw = (name: string): RawTrack => readRawTrack(`examples/tracks/${name}.yaml`);

async function coreOn(track: Track): Promise<Core> {
  const task = onTrack(carTrack, track);
  return Core.load({ task, plant: carTrack.plants.nominal, rollouts: 1, steps: 14, segments: 2 });
}

function residualsAt(core: Core, time: number, state: readonly number[]): number[] {
  const probe = core.view("probe");
  probe.set(state);
  core.evaluateLaw("reward", time);
  return [...probe.subarray(Y, Y + 3)];
}

describe("the figure-8 as a track", () => {
  const plain = { plant: carFigure8.plants.nominal, rollouts: 1, steps: 14, segments: 2 };
  const random = randomNumbers(4);

  test("setpoints, residuals and features are the figure-8's, away from the crossing", async () => {
    const figure8 = await Core.load({ task: carFigure8, ...plain });
    const track = await coreOn(trackFrom(raw("figure8")));
    for (let i = 0; i < 300; i++) {
      const time = 5.5 * ((i + 0.5) / 300);
      figure8.nominalSetpoint(time);
      const [x, y, vx, vy] = figure8.view("probe");
      track.nominalSetpoint(time);
      const setpoint = track.view("probe").slice(0, 4);
      if (Math.abs(y) < 0.5) continue; // there the side of y may choose the other circle
      [x, y, vx, vy].forEach((value, k) => {
        expect(Math.abs(setpoint[k] - value)).toBeLessThan(k < 2 ? 1e-5 : 1e-4);
      });
      const state = [x + 0.2 * random(), y + 0.2 * random(), 3.4 + random(), Math.atan2(vy, vx) + 0.4 * random()];
      const [distance, ...others] = residualsAt(figure8, time, state);
      const [ofTrack, ...ofOthers] = residualsAt(track, time, state);
      expect(Math.abs(Math.abs(distance) - Math.abs(ofTrack))).toBeLessThan(1e-5);
      others.forEach((value, k) => {
        expect(Math.abs(value - ofOthers[k])).toBeLessThan(1e-4);
      });
      figure8.evaluateLaw("task", time);
      const features = figure8.view("probe").slice(Y, Y + 6);
      track.evaluateLaw("task", time);
      features.forEach((value, k) => {
        expect(Math.abs(track.view("probe")[Y + k] - value)).toBeLessThan(2e-4);
      });
    }
  });
});

describe("the nearest place", () => {
  test.each(["hairpins", "figure8", "long"])(
    "%s: by search, also where it crosses itself and beside it",
    async (name) => {
      const track = trackFrom(raw(name));
      const core = await coreOn(track);
      const times = taskTimes(track);
      const n = track.x.length;
      const lapTime = times[n];
      const { window } = core.setup.task.task.parameters;
      const random = randomNumbers(6);
      for (let k = 0; k < 300; k++) {
        const i = Math.floor((n * (random() + 1)) / 2) % n;
        const x = track.x[i] + 0.35 * random();
        const y = track.y[i] + 0.35 * random();
        const late = 0.5 * window * random();
        const [distance] = residualsAt(core, times[i] + late + lapTime, [x, y, 2, 0]);
        let least = Number.POSITIVE_INFINITY;
        for (let j = 0; j < n; j++) {
          const apart = times[j] - times[i] - late;
          if (Math.abs(apart - lapTime * Math.round(apart / lapTime)) > 0.9 * window) continue;
          least = Math.min(least, Math.hypot(x - track.x[j], y - track.y[j]));
        }
        expect(Math.abs(Math.abs(distance) - least)).toBeLessThan(0.6 * track.step); // of points
      }
    },
  );

  test("at a crossing it is the piece that is due: the other one is a quarter turn away", async () => {
    const track = trackFrom(raw("hairpins"));
    const core = await coreOn(track);
    const times = taskTimes(track);
    // 4.7, 2.5 is passed along x, and 6.7 m later along y
    const along = [...track.x.keys()].filter((i) => Math.hypot(track.x[i] - 4.694, track.y[i] - 2.5) < 0.02);
    const [first, second] = [along[0], along[along.length - 1]];
    const state = [4.694, 2.5, 2, 0];
    const [, , straight] = residualsAt(core, times[first], state);
    const [, , turned] = residualsAt(core, times[second], state);
    const root = Math.sqrt(10 / 30);
    expect(straight / root).toBeCloseTo(0, 2);
    expect(turned / root).toBeCloseTo(-Math.PI / 2, 2);
  });

  test("residuals have the derivative that the tangent says, all over the corridor and outside", async () => {
    const core = await coreOn(trackFrom(raw("hairpins")));
    const { lapTime } = core.setup.task.task.parameters;
    const probe = core.view("probe");
    const random = randomNumbers(9);
    const h = 1e-6;
    let checked = 0;
    for (let k = 0; k < 400; k++) {
      const time = (lapTime * (random() + 1)) / 2;
      core.nominalSetpoint(time);
      const [x, y, vx, vy] = probe;
      const reach = k % 4 === 0 ? 3 : 0.4;
      const state = [x + reach * random(), y + reach * random(), 2 + random(), Math.atan2(vy, vx) + random()];
      const direction = [random(), random(), random(), random()];
      const at = (f: number) =>
        residualsAt(
          core,
          time,
          state.map((value, i) => value + f * direction[i]),
        );
      const [coarse, fine] = [2 * h, h].map((step) => at(step).map((value, i) => (value - at(-step)[i]) / (2 * step)));
      if (coarse.some((value, i) => Math.abs(value - fine[i]) > 1e-5 * (1 + Math.abs(value)))) continue; // a jump
      checked++;
      at(0);
      probe.set(direction, DX);
      core.tangentOfLaw("reward", time);
      fine.forEach((value, i) => {
        expect(Math.abs(probe[3 * ROW + i] - value)).toBeLessThan(1e-5 * (1 + Math.abs(value)));
      });
    }
    expect(checked).toBeGreaterThan(350);
  });
});

test("a mirrored path costs the mirrored car the same, to rounding", async () => {
  const wanted: SpeedPlan = { usage: 0.4 };
  const own = raw("kidney");
  const costs: number[][] = [];
  for (const mirror of [false, true]) {
    const track = trackFrom(placed(own, { mirror }), wanted);
    const task = onTrack(carTrack, track);
    const side = mirror ? -1 : 1;
    const { parameters } = carTrack.plants.nominal;
    const plant = { kind: "nominal", parameters: { ...parameters, steeringBias: side * parameters.steeringBias } };
    const core = await Core.load({ task, plant, rollouts: 1, steps: 7 * 60, segments: 60 });
    core.writeStart(task.initialState, 0);
    core.rollOut(0, 60);
    costs.push([...core.view("stageCosts")]);
  }
  const [plain, mirrored] = costs;
  plain.forEach((cost, t) => {
    expect(Math.abs(cost - mirrored[t])).toBeLessThan(1e-9 * (1 + cost));
  });
  expect(Math.max(...plain)).toBeGreaterThan(0.001);
});

test("a track of 4000 points takes no more of the core than one of 200", () => {
  const circle = (n: number) => {
    const angles = Array.from({ length: n }, (_, i) => (2 * Math.PI * i) / n);
    const name = `${n}`;
    return trackFrom({ name, x: angles.map((a) => 3 * Math.cos(a)), y: angles.map((a) => 3 * Math.sin(a)) });
  };
  expect(pathNodes(circle(4000)).length).toBe(pathNodes(circle(200)).length);
});

test("the speed of the whole track goes with its lap time, and both stand in one place", async () => {
  const config = completeConfig({ task: "car-track", parameters: { task: { lapTime: 10 } } });
  const core = await coreFor(config, 1, 10);
  expect(core.setup.task.timing.lapTime).toBe(10);
  expect(core.setup.task.reward.parameters.lapTime).toBe(10);
  core.nominalSetpoint(0);
  const slow = Math.hypot(core.view("probe")[2], core.view("probe")[3]);
  const plain = await coreFor(completeConfig({ task: "car-track" }), 1, 10);
  plain.nominalSetpoint(0);
  const fast = Math.hypot(plain.view("probe")[2], plain.view("probe")[3]);
  expect(slow / fast).toBeCloseTo((plain.setup.task.timing.lapTime ?? 0) / 10, 9);
});
