/**
 * The quasi-steady-state optimum: the least time of a lap on the track's own line for a plant with its true parameters,
 * at the controller's limits. What the plant does while it is held at a speed, steered by so much, is measured on the
 * plant itself: acceleration across the path, and along it with the most throttle and the least. Delays and lags are
 * left out: with them no lap is faster, so this is the stricter yardstick.
 */
import { Core } from "../build/src/core/core.js";
import { profileWithin } from "../build/src/tracks/speed.js";
import { lapTimeOf, shapeOf } from "../build/src/tracks/track.js";

const SPEEDS = Array.from({ length: 23 }, (_, i) => 0.4 + 0.2 * i);
const STEERINGS = Array.from({ length: 21 }, (_, i) => i / 20);
/** Control steps until a curve is steady, and over which it is measured. */
const SETTLING = 50;
const MEASURED = 10;

/** [s]; `task`, `plant`: as resolveTask gives them. */
export async function optimalLap(task, plant) {
  const core = await Core.load({
    task: { ...task, network: { ...task.network, hidden: [] } },
    plant: { kind: plant.kind, parameters: plant.parameters },
    rollouts: 1,
    steps: 1,
    segments: 1,
  });
  const tables = { left: tableOf(core, 1), right: tableOf(core, -1) };
  const { curvature } = shapeOf(task.track);
  const side = (k) => (k > 0 ? tables.left : tables.right);
  const speed = profileWithin(curvature, task.track.step, {
    corner: (k) => cornerSpeed(side(k), Math.abs(k)),
    accelerate: (v, k) => Math.max(0, along(side(k), v, v * v * Math.abs(k), "most")),
    brake: (v, k) => Math.max(0, -along(side(k), v, v * v * Math.abs(k), "least")),
  });
  return lapTimeOf({ speed, step: task.track.step });
}

/** For every speed: rows of acceleration across [m/s²], and along with the most throttle and the least, growing. */
function tableOf(core, sign) {
  const { throttleLimit, steeringLimit } = core.setup.task.controller.parameters;
  return SPEEDS.map((held) => {
    const rows = [];
    for (const steering of STEERINGS) {
      const [most, least] = [throttleLimit, -throttleLimit].map((throttle) =>
        steady(core, held, throttle, sign * steering * steeringLimit),
      );
      const row = { speed: most.speed, across: Math.max(0, sign * most.across), most: most.along, least: least.along };
      if (rows.length === 0 || row.across > rows[rows.length - 1].across) rows.push(row);
    }
    return rows;
  });
}

/** What the plant does while its forward speed is held: speed along its path, accelerations across it and along. */
function steady(core, held, throttle, steering) {
  const { controlPeriod: dt } = core.setup.task.timing;
  const state = core.view("plantState").fill(0);
  core.restPlant();
  core.view("inputs").set([throttle, steering]);
  let [dx, dy] = [held * dt, 0];
  const sum = { speed: 0, across: 0, along: 0 };
  for (let step = 0; step < SETTLING + MEASURED; step++) {
    const [x, y] = state;
    state[2] = held;
    core.drivePlant(dt);
    const [nextX, nextY] = [state[0] - x, state[1] - y];
    const way = Math.hypot(nextX, nextY);
    const turned = Math.atan2(dx * nextY - dy * nextX, dx * nextX + dy * nextY);
    [dx, dy] = [nextX, nextY];
    if (step < SETTLING) continue;
    sum.speed += way / dt / MEASURED;
    sum.across += (turned * way) / dt ** 2 / MEASURED;
    sum.along += (state[2] - held) / dt / MEASURED;
  }
  return sum;
}

function most(rows) {
  return rows[rows.length - 1].across;
}

/** The largest speed whose acceleration across is reached in a curve. */
function cornerSpeed(table, k) {
  let fastest = 0;
  for (let i = 0; i + 1 < SPEEDS.length; i++)
    for (let part = 0; part < 1; part += 0.02) {
      const v = SPEEDS[i] + part * (SPEEDS[i + 1] - SPEEDS[i]);
      const reached = most(table[i]) + part * (most(table[i + 1]) - most(table[i]));
      if (v * v * k <= reached && along(table, v, v * v * k, "most") >= 0) fastest = v;
    }
  return fastest;
}

/** Acceleration along the path at a speed and an acceleration across it, between the rows. */
function along(table, v, across, which) {
  const at = Math.min(SPEEDS.length - 1.001, Math.max(0, (v - SPEEDS[0]) / (SPEEDS[1] - SPEEDS[0])));
  const i = Math.floor(at);
  const [before, after] = [table[i], table[i + 1]].map((rows) => alongIn(rows, across, which));
  return before + (at - i) * (after - before);
}

function alongIn(rows, across, which) {
  const next = rows.findIndex((row) => row.across >= across);
  if (next < 0) return rows[rows.length - 1][which];
  if (next === 0) return rows[0][which];
  const [a, b] = [rows[next - 1], rows[next]];
  return a[which] + ((across - a.across) / (b.across - a.across)) * (b[which] - a[which]);
}
