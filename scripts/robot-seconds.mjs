/**
 * How soon a simulated car drives well that is reached as a robot is: through the real firmware in simavr
 * (test/in-the-loop) and over topics (test/links/ros2), in virtual time, against the simulator alone with the same
 * seeds; all from rest at the task's start. `outside`: through the control loop by wheel, gyro and poses that are late,
 * noisy, lost and wrong (test/support/outside-view.ts); `perfect`: the same by its true state; `firmware-outside`: such
 * poses beside the firmware; `camera`: as `outside`, by the camera page in headless Chromium, which sees drawn pictures
 * (test/support/camera-view.ts). Costs are those of the measured state, which is learned from, and those of
 * the plant's own, in % of the untrained controller's steady lap in the simulator. `--cache`: what is there already is
 * not driven again. Prints a table.
 * Usage, after a build (and `node scripts/firmware.mjs` for the firmware), in the project's folder:
 *   node scripts/robot-seconds.mjs [--seeds 5] [--first 81200] [--laps 20] [--plants identified,single-track]
 *     [--ways direct,ros2,firmware,perfect,outside,firmware-outside,camera] [--cache file]
 */
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { SimLink } from "../build/src/links/kinds/sim.js";
import { carBody } from "../build/src/plants/mujoco/car-body.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { layoutFor, RecordKind } from "../build/src/runtime/records.js";
import { RobotLink } from "../build/src/runtime/robot-link.js";
import { WatchedSimulation } from "../build/src/runtime/watched-simulation.js";
import { coreFor } from "../build/src/session.js";
import { quantile } from "../build/src/statistics.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { SimulatedCar } from "../build/test/in-the-loop/car.js";
import { CAR } from "../build/test/in-the-loop/robot.js";
import { SimulatedBoard } from "../build/test/in-the-loop/simulated-board.js";
import { VirtualHost } from "../build/test/in-the-loop/virtual-host.js";
import { VirtualRosHost } from "../build/test/links/ros2/host.js";
import { Browser } from "../build/test/support/browser.js";
import { CameraView } from "../build/test/support/camera-view.js";
import { LyingHost } from "../build/test/support/lying-car.js";
import { OutsideView } from "../build/test/support/outside-view.js";
import { ERRORS } from "../build/test/support/sensed-drive.js";
import { keptRows, segmentsOfRows, segmentsUntilGood, untrainedCost } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "5" },
    first: { type: "string", default: "81200" },
    laps: { type: "string", default: "20" },
    plants: { type: "string", default: "identified,single-track" },
    ways: { type: "string", default: "direct,ros2,firmware" },
    cache: { type: "string" },
  },
});
const [SEEDS, FIRST, LAPS] = [options.seeds, options.first, options.laps].map(Number);
/** Network calls of a lap. */
const LAP = 40;
const kept = keptRows(options.cache);

/** x, y, v, phi of the car in the engine, as they truly are. */
function engineState({ qpos, qvel }) {
  const [x, y, , w, i, j, k] = qpos;
  const phi = Math.atan2(2 * (w * k + i * j), 1 - 2 * (j * j + k * k));
  return [x, y, qvel[0] * Math.cos(phi) + qvel[1] * Math.sin(phi), phi];
}

/** A link to a robot behind `host`, which notes the true state of every control step. */
function robotLink(host, config, put, truth) {
  const states = [];
  const take = (row) => {
    if (row[0] === RecordKind.step) states.push([...truth()]);
  };
  const log = { begin: async () => {}, take, end: async () => {}, failure: undefined };
  const confirm = async () => {
    put();
    return true;
  };
  const operator = { signal: new AbortController().signal, say: () => {}, confirm, takeHeartbeat: () => true };
  return { link: new RobotLink(host, config, operator, log), states, end: async () => {} };
}

/** A car around whose state the control loop is closed without bytes; `by` and others as of a lying car. */
async function closedLoop(given, car) {
  const config = completeConfig({ ...given, link: car.by === "pose" ? "ros2" : "serial", corridor: 3 });
  const host = await LyingHost.make(config, { plant: given.plant, seed: given.seed, noise: 0, ...car });
  return {
    config,
    ...robotLink(
      host,
      config,
      () => host.car.put(),
      () => host.car.state,
    ),
  };
}

const parametersOf = async (config) => (await coreFor(config, 1, 1)).parameterCount();
const isEngine = ({ plant }) => plant === "mujoco";

const WAYS = {
  direct: async (given) => {
    const config = completeConfig(given);
    const link = new WatchedSimulation(new SimLink());
    const drive = link.drive.bind(link);
    const states = isEngine(given) ? [] : undefined;
    link.drive = async (core, index, ...others) => {
      const { initialState } = core.setup.task;
      core.view("states", index).set(initialState);
      if (states) noteEngine(core, await carBody(), [...initialState], states);
      return drive(core, index, ...others);
    };
    return { config, link, states, end: async () => {} };
  },
  ros2: async (given) => {
    const config = completeConfig({ ...given, link: "ros2", corridor: 3 });
    const host = new VirtualRosHost(config, await parametersOf(config));
    const plant = await host.node.startPlant(config);
    return {
      config,
      ...robotLink(
        host,
        config,
        () => {},
        () => plant.state,
      ),
    };
  },
  perfect: (given) => closedLoop(given, { by: "pose", isPerfect: true }),
  outside: (given) => closedLoop(given, { by: "outside" }),
  camera: async (given) => {
    const browser = Browser.open();
    const view = await CameraView.open(browser, completeConfig(given));
    const car = await closedLoop(given, { by: "outside", view });
    const end = async () => {
      await view.close();
      await browser.close();
    };
    return { ...car, end };
  },
  firmware: (given) => firmware({ ...given, ...CAR, corridor: 3 }),
  "firmware-outside": (given) => firmware({ ...given, ...CAR, corridor: 3, pose: "udp" }),
};

async function firmware(given) {
  const config = completeConfig(given);
  const board = new SimulatedBoard("build/firmware/lockstep", "build/firmware/atmega328p.elf");
  await board.run(50);
  const { plant, seed } = given;
  const car = await SimulatedCar.make(board, { plant, seed });
  const host = new VirtualHost(config, board, car, await parametersOf(config));
  if (config.pose !== "") {
    const view = new OutsideView(ERRORS, config.seed);
    host.poses = view;
    host.before = (now) => view.see(now, car.state);
  }
  const body = isEngine(given) ? await carBody() : undefined;
  const truth = () => (body ? engineState(body) : car.state);
  const robot = robotLink(host, config, () => car.put(), truth);
  return { config, ...robot, end: () => board.stop() };
}

/** Notes the engine's state at the beginning of every control step, of a core that drives its plant itself. */
function noteEngine(core, body, initialState, states) {
  const { hostPlant } = core;
  const step = hostPlant.step.bind(hostPlant);
  const period = core.setup.task.timing.controlPeriod;
  let elapsed = 0;
  states.push(initialState);
  hostPlant.step = (numbers, parameters, memory, x, u, dt, next) => {
    step(numbers, parameters, memory, x, u, dt, next);
    elapsed += dt;
    if (elapsed > states.length * period - 1e-6) states.push(engineState(body));
  };
}

/** Rows of the segments of a rollout from one on, as a control thread writes them; `now`: when they begin [s]. */
function rowsOf(core, slot, from, layout, now) {
  const [steps, segments] = core.view("counts", slot);
  const views = Object.fromEntries(
    ["segmentStarts", "states", "inputs", "references", "outputs", "periods", "paces"].map((name) => [
      name,
      core.view(name, slot),
    ]),
  );
  const part = (name, width, index) => views[name].subarray(width * index, width * (index + 1));
  const row = (kind, at, pace, t, others) => {
    const made = new Float64Array(layout.width);
    made.set([kind, at, ...part("states", layout.states, t), ...others]);
    made[pace] = views.paces[t];
    return made;
  };
  const rows = [];
  let at = now;
  for (let t = views.segmentStarts[from], j = from; t < steps; t++) {
    if (j < segments && views.segmentStarts[j] === t)
      rows.push(row(RecordKind.call, at, layout.callPace, t, part("outputs", layout.outputs, j++)));
    const driven = [...part("inputs", layout.inputs, t), ...part("references", layout.references, t)];
    rows.push(row(RecordKind.step, at, layout.stepPace, t, driven));
    at += views.periods[t];
  }
  return { rows, end: row(RecordKind.end, at, layout.stepPace, steps, []), at };
}

/** Mean cost per step of every segment of the rows, and when it ends since standstill [s]. */
async function costsOf(config, driven, layout) {
  const segments = await segmentsOfRows(config, driven, layout, LAPS * LAP + 1);
  let now = 0;
  return {
    costs: segments.map(({ cost }) => cost),
    ends: segments.map(({ seconds }) => {
      now += seconds;
      return now;
    }),
  };
}

/** Costs of every segment of one training since standstill, measured and true; how far off the measured place was. */
async function driven(way, given) {
  const { config, link, states, end } = await WAYS[way]({ "stop-factor": 1e9, ...given });
  const driven = { rows: [], end: undefined };
  let layout;
  let reason = null;
  try {
    await link.open();
    const { core, pieces } = await trainingInMemory(config, link);
    layout = layoutFor(core.setup.task);
    let now = Number.NaN;
    for await (const { slot, from, stopped, index, completes } of pieces()) {
      if (stopped !== undefined) reason = stopped;
      if (stopped !== undefined) break;
      if (driven.rows.length === 0) now = core.view("counts", slot)[2];
      const piece = rowsOf(core, slot, from, layout, now);
      driven.rows.push(...piece.rows);
      driven.end = piece.end;
      now = piece.at;
      if (completes && index === LAPS) break;
    }
    await link.stop();
    await link.close();
  } finally {
    await end();
  }
  const measured = await costsOf(config, driven, layout);
  if (!states) return { measured, true: measured, off: 0, stopped: reason };
  let t = 0;
  let squares = 0;
  let last = states[0];
  for (const row of driven.rows) {
    if (row[0] !== RecordKind.step) continue;
    last = states[t++];
    squares += (row[2] - last[0]) ** 2 + (row[3] - last[1]) ** 2;
    row.set(last, 2);
  }
  return { measured, true: await costsOf(config, driven, layout), off: Math.sqrt(squares / t), stopped: reason };
}

const shown = (value) => (Number.isFinite(value) ? `${Number(value.toPrecision(3))}` : "never");
const medianOf = (values) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
/** Median, and every seed's. */
const spread = (values) => `${shown(medianOf(values))} (${values.map(shown).join(" ")})`;

const table = [["plant", "way", "T10 [s]", "of direct", "T10, true state [s]", "of direct"]];
table[0].push(`lap ${LAPS} [%]`, `lap ${LAPS}, true state [%]`, "of direct", "place off by, rms [m]");
for (const plant of options.plants.split(",")) {
  const whole = await untrainedCost({ plant });
  let direct;
  for (const way of options.ways.split(",")) {
    const found = [];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      found.push(await kept([plant, way, seed, LAPS], () => driven(way, { plant, seed })));
      if (found.at(-1).stopped) console.log(`${plant} ${way} ${seed}: ${found.at(-1).stopped}`);
    }
    const tenth = (kind) =>
      found.map(({ [kind]: { costs, ends } }) => {
        const good = segmentsUntilGood(costs, LAP, 0.1 * whole);
        return costs.length === LAPS * LAP ? (ends[good - 1] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
      });
    const last = (kind) =>
      found.map(({ [kind]: { costs } }) => (100 * costs.slice(-LAP).reduce((a, b) => a + b, 0)) / LAP / whole);
    const results = [tenth("measured"), tenth("true"), last("measured"), last("true")];
    direct ??= results.map(medianOf);
    const ratio = (i) => (medianOf(results[i]) / direct[i]).toFixed(2);
    const off = medianOf(found.map((row) => row.off));
    const times = [spread(results[0]), ratio(0), spread(results[1]), ratio(1)];
    table.push([plant, way, ...times, spread(results[2]), spread(results[3]), ratio(3), shown(off)]);
    console.log(table.at(-1).join(" | "));
  }
}
console.log(markdownTable(table));
