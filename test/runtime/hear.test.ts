/** A robot that is pushed, or driven by radio: it is heard, and nothing is ever sent to it. */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { lookAtPoses } from "../../src/cli/look-at-poses.js";
import { showReEstimate } from "../../src/cli/re-estimate.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import { reEstimate } from "../../src/estimation/re-estimate.js";
import { CommandPublisher } from "../../src/links/ros2/command.js";
import { ros2SettingsFrom } from "../../src/links/ros2/settings.js";
import { readRecording } from "../../src/recording/reader.js";
import { isHeardOnly } from "../../src/recording/recording.js";
import { type Heard, hear } from "../../src/runtime/hear.js";
import { stopDrivers } from "../../src/runtime/stop-drivers.js";
import { ThreadHost } from "../../src/runtime/thread-host.js";
import { lapOfDrive } from "../../src/tracks/from-drive.js";
import { trackFrom } from "../../src/tracks/make.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "../in-the-loop/boards.js";
import { SimulatedCar, WHEEL_TRAVEL } from "../in-the-loop/car.js";
import { VirtualHost } from "../in-the-loop/virtual-host.js";
import { VirtualRosHost } from "../links/ros2/host.js";
import { FakeWaveshare } from "../support/fake-waveshare.js";
import { Captured, newFolder } from "../support/runs.js";

stopBoardsAfterEachTest();

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const newPath = () => join(folder, `${++files}.mcap`);
const PLAN = { smooth: 0.1, gap: 1 };
const KIT: PartialConfig = { link: "waveshare", task: "quadruped-figure8" };

/** A host whose every byte to the board is kept. */
class SilentHost extends VirtualHost {
  override listens = true;
  sent = 0;

  override async pause(): Promise<void> {
    const before = this.transport.tamperOut;
    this.transport.tamperOut = (frames) => {
      this.sent += frames.length;
      return before(frames);
    };
    await super.pause().finally(() => {
      this.transport.tamperOut = before;
    });
  }
}

interface Pushed {
  readonly heard: Heard;
  readonly fake: FakeWaveshare;
  readonly path: string;
}

/** The kit's car pushed by `push`, which sets what moves it; nothing reaches its board. */
async function pushed(
  seconds: number,
  push: (fake: FakeWaveshare, now: number) => void,
  posesOf?: (fake: FakeWaveshare) => SilentHost["poses"],
): Promise<Pushed> {
  const config = completeConfig(posesOf ? { ...KIT, pose: "udp" } : KIT);
  const fake = await FakeWaveshare.make({});
  const host = new SilentHost(config, fake, fake, 0);
  host.poses = posesOf?.(fake);
  host.before = (now) => {
    push(fake, now);
    return undefined;
  };
  const path = newPath();
  const operator = { signal: new AbortController().signal, say: () => {} };
  const heard = await hear(host, config, operator, path, seconds);
  expect([host.sent, fake.commands]).toStrictEqual([0, []]);
  return { heard, fake, path };
}

const circle = (fake: FakeWaveshare) => fake.inputs.set([1, 0.8]);

test("pushed around once and a little further: a recording that a track is made of, and how sure it is", async () => {
  const { heard, path, fake } = await pushed(9, circle);
  expect(heard.stopped).toBeUndefined();
  expect(heard).toMatchObject({ gaps: [], unplaced: 0, moved: true, hasInputs: false, backwards: 0 });
  expect(heard.rate).toBeCloseTo(50, 0);
  const truly = (from: number, to: number) =>
    fake.path.slice(from, to).reduce((sum, { state }, i, all) => {
      const before = i > 0 ? all[i - 1].state : state;
      return sum + Math.hypot(state[0] - before[0], state[1] - before[1]);
    }, 0);
  expect(Math.abs(heard.distance / truly(0, fake.path.length) - 1)).toBeLessThan(0.05);
  // of wheel and gyro after 9 m: equations, section 26
  expect(heard.uncertainty).toBeGreaterThan(0.05);
  expect(heard.uncertainty).toBeLessThan(0.5);
  const recording = await readRecording(path);
  expect([recording.info.complete, isHeardOnly(recording), recording.info.task]).toStrictEqual([
    true,
    true,
    "quadruped-figure8",
  ]);
  expect(recording.events[0].message).toMatch(/driven by somebody else; its pose is summed up from wheel and gyro/);
  const lap = lapOfDrive("mine", recording.states, 4, PLAN);
  const track = trackFrom(lap.raw);
  const round = fake.path.findIndex(({ state }) => state[3] - fake.path[0].state[3] > 2 * Math.PI);
  expect(Math.abs(track.length / truly(0, round) - 1)).toBeLessThan(0.03);
  expect(lap.gap).toBeLessThan(0.1);
});

test("seen from outside: the recording is where the poses are, and nothing of it is summed up", async () => {
  const [x0, y0] = [2, -1];
  const { heard, path, fake } = await pushed(4, circle, (car) => ({
    poll: (into) => {
      const [x, y, , phi] = car.state;
      into.set([car.nowUs / 1e6, car.nowUs / 1e6, x + x0, y + y0, phi]);
      return true;
    },
  }));
  expect(heard).toMatchObject({ stopped: undefined, gaps: [], uncertainty: null, moved: true });
  const { states, events, measured } = await readRecording(path);
  expect(events[0].message).toMatch(/its pose is measured/);
  if (measured === undefined) throw new Error("nothing was measured");
  const again = reEstimate(measured);
  expect(again).toMatchObject({ beginsAsRecorded: true, largest: 0, heading: 0 });
  expect(again.estimated).toStrictEqual(again.recorded);
  expect(again.recorded.believed).toBeGreaterThan(90);
  const output = new Captured();
  await showReEstimate(path, { "pose-noise": 0.05 }, output);
  expect(output.lines.join("\n")).toMatch(
    /poses believed +\d+ +\d+\n[\s\S]*202 movements and 201 poses in 4\.0 s: \d+\.\d mm \(rms\) from/,
  );
  const last = states.length - 4;
  const [x, y] = fake.state;
  expect(Math.hypot(x, y)).toBeGreaterThan(0.3);
  expect(Math.hypot(states[last] - x0 - x, states[last + 1] - y0 - y)).toBeLessThan(0.1);
});

test("doctor --pose --link compares poses with wheel and gyro, and arms nothing", async () => {
  const config = completeConfig({ ...KIT, pose: "udp" });
  const fake = await FakeWaveshare.make({});
  const host = new SilentHost(config, fake, fake, 0);
  // poses that are 20 ms old, and say so, of a tag that is turned round
  const past: number[][] = [];
  host.poses = {
    poll: (into) => {
      const [x, y, , phi] = fake.state;
      past.push([fake.nowUs / 1e6, fake.nowUs / 1e6, x, y, phi + Math.PI]);
      into.set(past[past.length - 1]);
      return true;
    },
  };
  host.before = (now) => {
    fake.inputs.set(now < 3 ? [0, 0] : [1, 1.5 * Math.sin(0.8 * now)]);
    return undefined;
  };
  const output = new Captured();
  const look = { pose: "udp", link: "waveshare", seconds: 25, out: folder } as const;
  expect(await lookAtPoses(look, output, async () => host)).toBe(false);
  expect([host.sent, fake.commands]).toStrictEqual([0, []]);
  expect(output.lines.join("\n")).toMatch(/ok +turns/);
  expect(output.lines.join("\n")).toMatch(
    /problem +direction +they go -?1(79|80)\.\d° to the left of where they point/,
  );
  expect(output.lines.join("\n")).toMatch(/its tag is turned round/);
});

test("frames that do not come are a gap, and their time is said", async () => {
  const { heard, path } = await pushed(6, (fake, now) => {
    circle(fake);
    fake.talks = now < 3 || now > 4;
  });
  expect(heard.gaps).toHaveLength(1);
  expect(heard.gaps[0].seconds).toBeGreaterThan(0.95);
  expect(heard.gaps[0].time).toBeLessThan(3.1);
  expect((await readRecording(path)).times.length).toBe(heard.states);
});

test("one that is never moved, and one that falls silent", async () => {
  const still = await pushed(2, () => {});
  expect(still.heard).toMatchObject({ moved: false, distance: 0 });
  const silent = await pushed(60, (fake, now) => {
    fake.talks = now < 2;
  });
  expect(silent.heard.stopped).toMatch(/nothing was measured for 5 s: check cable/);
  expect(silent.heard.seconds).toBeLessThan(3);
  expect((await readRecording(silent.path)).events.at(-1)?.name).toBe("ended");
});

test("a board that starts anew has lost where it is: the recording ends there", async () => {
  let restarted = false;
  const { heard } = await pushed(60, (fake, now) => {
    circle(fake);
    if (now > 4 && !restarted) fake.restart();
    restarted ||= now > 4;
  });
  expect(heard.stopped).toMatch(/the board started anew/);
  expect(heard.seconds).toBeLessThan(5);
});

// one with our firmware has a radio, which drives it past the computer
atmega.test("a car that its radio drives tells throttle and steering, and hears not a byte", async () => {
  const { board } = await startBoard();
  await board.disconnect(); // from the test's own host
  await board.run(1300); // in one go: the gyro finds its bias
  const car = await SimulatedCar.make(board, {});
  const radio = async (...widths: readonly number[]) => {
    for (const [channel, width] of widths.entries()) await board.order(`RADIO ${channel} ${width}`);
  };
  const config = completeConfig({ link: "serial", "wheel-travel": WHEEL_TRAVEL });
  const host = new SilentHost(config, board, car, 0);
  let steps = 0;
  host.before = async () => {
    steps++;
    if (steps === 120) await radio(1500, 1500, 1900); // its stick must have been at neutral once
    if (steps === 135) await radio(1600, 1560, 1900);
    return undefined;
  };
  const path = newPath();
  const heard = await hear(host, config, { signal: new AbortController().signal, say: () => {} }, path, 2.6);
  expect(host.sent).toBe(0);
  expect(heard).toMatchObject({ stopped: undefined, moved: true, hasInputs: true, gaps: [] });
  expect(heard.rate).toBeGreaterThan(15); // the board speaks unasked every 50 ms
  const { inputs, states } = await readRecording(path);
  const last = states.length - 4;
  expect(inputs.at(-2)).toBeCloseTo(0.12, 1);
  expect(inputs.at(-1)).toBeCloseTo(0.2, 1);
  // by its own reckoning it has gone where it truly is
  const [x, y] = [states[last] - states[0], states[last + 1] - states[1]];
  const phi = car.path[0].state[3];
  const [dx, dy] = [car.state[0] - car.path[0].state[0], car.state[1] - car.path[0].state[1]];
  expect(Math.hypot(dx, dy)).toBeGreaterThan(0.5);
  const [tx, ty] = [Math.cos(phi) * dx + Math.sin(phi) * dy, Math.cos(phi) * dy - Math.sin(phi) * dx];
  expect(Math.hypot(x - tx, y - ty)).toBeLessThan(0.15);
});

test("a robot on ROS 2 that a joystick drives: its commands are heard, our node publishes nothing", async () => {
  const config = completeConfig({ link: "ros2" });
  const host = new VirtualRosHost(config, 0);
  host.listens = true;
  await host.node.startPlant(config);
  const settings = ros2SettingsFrom(config, resolveTask(config).task);
  const joystick = host.node.graph.node("joystick");
  const person = new CommandPublisher(joystick, settings);
  joystick.start();
  host.before = () => void person.publish(host.node.now > 1002 ? 0.08 : 0, host.node.now > 1002 ? 0.3 : 0);
  const path = newPath();
  const heard = await hear(host, config, { signal: new AbortController().signal, say: () => {} }, path, 6);
  expect(heard).toMatchObject({ stopped: undefined, uncertainty: null, moved: true, hasInputs: true, unplaced: 0 });
  const { graph } = host.node;
  expect(graph.publications.filter(({ node }) => node === `/${settings.node}`)).toStrictEqual([]);
  const { inputs, events } = await readRecording(path);
  expect([...inputs.slice(-2)]).toStrictEqual([0.08, 0.3]);
  expect(events[0].message).toMatch(/its pose is measured/);
});

// the real control thread and its descriptors, by the clock on the wall; nothing is asserted about how punctual it is
test("lapgrad stop ends a recording, whose thread has written nothing to its port", async () => {
  const config = completeConfig(KIT);
  const fake = await FakeWaveshare.make({});
  const [from, to] = [join(folder, "from-board"), join(folder, "to-board")];
  const write = openSync(from, "w");
  const descriptors = { read: openSync(from, "r"), write: openSync(to, "w") };
  const connection = { name: "a file", failure: undefined, open: async () => descriptors, close: async () => {} };
  await fake.connect((bytes) => void writeSync(write, bytes));
  circle(fake);
  const timer = setInterval(() => void fake.run(20), 20);
  const path = newPath();
  const stop = new AbortController();
  const context = { drives: path, onStop: () => stop.abort(), say: () => {} };
  const options = { heartbeatWithin: Number.POSITIVE_INFINITY, listens: true, realTime: false };
  const host = new ThreadHost(config, connection, 0, options, context);
  const output = new Captured();
  const begins = new Promise<void>((resolve) => {
    output.say = () => resolve();
  });
  try {
    const running = hear(host, config, { signal: stop.signal, say: output.say }, path, 60);
    await begins;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [stopped] = await stopDrivers({ folder: path });
    expect(stopped).toMatchObject({ pid: process.pid, isHeardOnly: true, outcome: "at rest" });
    const heard = await running;
    expect(heard.stopped).toBeUndefined();
    expect(heard.states).toBeGreaterThan(2);
  } finally {
    clearInterval(timer);
    for (const descriptor of [write, descriptors.read, descriptors.write]) closeSync(descriptor);
  }
  expect(readFileSync(to)).toHaveLength(0);
}, 30_000);
