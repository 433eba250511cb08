/** Drives, trainings and faults over topics, in virtual time: the car is a plant node on a graph without ROS. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import trainCommand from "../../../src/cli/commands/train.js";
import { completeConfig, type PartialConfig } from "../../../src/config/config.js";
import { MotionColumn } from "../../../src/estimation/measured.js";
import { reEstimate } from "../../../src/estimation/re-estimate.js";
import { Fault } from "../../../src/links/faults.js";
import { CommandPublisher } from "../../../src/links/ros2/command.js";
import type { DiagnosticArray, Odometry, PoseStamped, Twist } from "../../../src/links/ros2/messages.js";
import type { PlantNode } from "../../../src/links/ros2/plant.js";
import { ros2SettingsFrom } from "../../../src/links/ros2/settings.js";
import { readRecording } from "../../../src/recording/reader.js";
import { pilotCore } from "../../../src/runtime/control.js";
import { Recorder } from "../../../src/runtime/recorder.js";
import { RobotLink } from "../../../src/runtime/robot-link.js";
import { RuntimeState } from "../../../src/runtime/states.js";
import { initialisePolicy } from "../../../src/session.js";
import { carFigure8 } from "../../../src/tasks/car-figure8.js";
import { Captured, metricsOf, newFolder } from "../../support/runs.js";
import { connectOverTopics, VirtualNode, VirtualRosHost } from "./host.js";
import { expectWhole } from "./numbers.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test("laps over topics cost what they cost in the simulator", async () => {
  const given: PartialConfig = { rollouts: 6, seed: 1, plant: "identified" };
  const [topics, direct] = ["topics", "direct"].map((name) => join(folder, name));
  await trainCommand.run({ given: { ...given, link: "ros2" }, out: topics ?? "" }, new Captured(), connectOverTopics);
  await trainCommand.run({ given, out: direct ?? "" }, new Captured());
  const [driven, simulated] = await Promise.all([topics ?? "", direct ?? ""].map(metricsOf));
  expect(driven).toHaveLength(6);
  // the state is half a control period old and carried forward, and segments last 0.14 s on average instead of exactly
  expect(driven?.at(-1)?.windowCost).toBeLessThan(1.5 * (simulated?.at(-1)?.windowCost ?? Number.NaN));
  expect(driven?.[0]?.windowCost).toBeGreaterThan(10 * (driven?.at(-1)?.windowCost ?? Number.NaN));
});

interface Drive {
  readonly host: VirtualRosHost;
  readonly plant: PlantNode;
  /** what it was stopped by, or refused for */
  readonly stopped: string;
  readonly questions: readonly string[];
  /** what the drive left on disk */
  readonly recording: () => ReturnType<typeof readRecording>;
}

let drives = 0;

/**
 * Drives the untrained car until something stops it. `begin` sees the host before it connects, `during` before every
 * control step with the time since the car drives [s].
 */
async function drive(
  given: PartialConfig,
  begin: (host: VirtualRosHost, plant: PlantNode) => void,
  during: (seconds: number, host: VirtualRosHost, stop: AbortController) => void,
  plantGiven = given,
): Promise<Drive> {
  const config = completeConfig({ plant: "identified", ...given, link: "ros2" });
  const core = await pilotCore(config);
  initialisePolicy(core, 1);
  const plantConfig = completeConfig({ plant: "identified", ...plantGiven, link: "ros2" });
  const host = new VirtualRosHost(config, core.parameterCount());
  const plant = await host.node.startPlant(plantConfig);
  begin(host, plant);
  const stop = new AbortController();
  let began = Number.NaN;
  host.before = (now) => {
    if (host.shared.runtimeState === RuntimeState.driving && Number.isNaN(began)) began = now;
    if (!Number.isNaN(began)) during(now - began, host, stop);
  };
  const questions: string[] = [];
  const confirm = async (question: string) => questions.push(question) > 0;
  const operator = { signal: stop.signal, say: () => {}, confirm, takeHeartbeat: () => true };
  const recorded = join(folder, `drive-${++drives}`);
  const link = new RobotLink(host, config, operator, new Recorder(recorded));
  let stopped = "";
  try {
    await link.open();
    stopped = await link.driveUntilStopped(core);
  } catch (error) {
    stopped = (error as Error).message;
  }
  await link.stop();
  await link.close();
  if (host.node.graph.log.length > 0) expectWhole(host.node.graph);
  return { host, plant, stopped, questions, recording: () => readRecording(join(recorded, "0001.mcap")) };
}

const stopAfter = (seconds: number) => (time: number, _: VirtualRosHost, stop: AbortController) => {
  if (time >= seconds) stop.abort();
};
const commandsOf = ({ node }: VirtualRosHost) => node.graph.log.filter(({ topic }) => topic === "/jetracer/throttle");
const isNeutral = ({ message }: { readonly message: unknown }) => (message as { data: number }).data === 0;
const moves = (command: { readonly message: unknown }) => !isNeutral(command);

test("it begins where the car stands, says so, and goes on from there without a detour", async () => {
  const begin = (_: VirtualRosHost, plant: PlantNode) => plant.state.set([3.1, 0, 0, -Math.PI / 2]);
  let farthest = 0;
  const during = (seconds: number, host: VirtualRosHost, stop: AbortController) => {
    const [x = 0, y = 0] = host.node.plant?.state ?? [];
    farthest = Math.max(farthest, Math.abs(Math.hypot(Math.abs(x) - 1.5, y) - 1.5));
    if (seconds >= 3) stop.abort();
  };
  const { questions, stopped, host } = await drive({}, begin, during);
  expect(questions).toHaveLength(1);
  expect(questions[0]).toMatch(/it begins at task time \d\.\d\d s, 0\.10 m from where it stands and \d° to the/);
  expect(host.shared.startTime).toBeGreaterThan(0.3);
  expect(stopped).toMatch(/^stopped by the operator/);
  // the untrained car cuts its first corner from a stand; towards task time 0, in the middle of the 8, it would leave
  // the corridor of 1.5 m
  expect(farthest).toBeLessThan(1.2);
});

test("stopped by the operator: neutral, to a stand, and nothing is published afterwards", async () => {
  const { host, plant } = await drive({}, () => {}, stopAfter(1));
  expect(Math.abs(plant.state[2])).toBeLessThan(0.05);
  expect(host.node.graph.last<PoseStamped>("/lapgrad/reference")?.header.frame_id).toBe("world");
  const statuses = host.node.graph.log
    .filter(({ topic }) => topic === "/diagnostics")
    .map(({ message }) => (message as DiagnosticArray).status[0])
    .map(({ name, message, level }) => [name, name === "lapgrad: state" ? message : "", level]);
  const [ok, error] = [0, 2];
  expect(statuses).toEqual([
    ...["idle", "armed", "driving"].map((state) => ["lapgrad: state", state, ok]),
    ["lapgrad: operatorStop", "", error],
    ...["stopping", "fault"].map((state) => ["lapgrad: state", state, error]),
  ]);
  const commands = commandsOf(host);
  const lastMoving = commands.findLastIndex((command) => !isNeutral(command));
  expect(lastMoving).toBeGreaterThan(40); // a second at 50 Hz
  expect(commands.length).toBeGreaterThan(lastMoving + 10);
  const after = host.node.graph.log.length;
  host.node.relay?.beat();
  expect(host.node.graph.log).toHaveLength(after);
});

test("the plant dies: neutral within 100 ms of its last message, and the topic is named", async () => {
  let died = Number.NaN;
  const { host, stopped } = await drive(
    {},
    () => {},
    (seconds, on) => {
      if (seconds < 1 || !on.node.isPublishing) return;
      on.node.isPublishing = false;
      died = on.node.graph.log.findLast(({ topic }) => topic === "/jetracer/pose")?.time ?? Number.NaN;
    },
  );
  expect(stopped).toMatch(/^no message with the state came for 0\.\d+ s; .*ros2 topic hz/);
  expect(host.faults[0]?.value).toBeLessThan(0.1);
  const lastMoving = commandsOf(host).findLast((command) => !isNeutral(command))?.time ?? Number.NaN;
  expect(lastMoving - died).toBeLessThan(0.1);
  expect(lastMoving - died).toBeGreaterThan(0.04); // two lost messages are borne
});

test("the ROS node's process dies: found within the 0.2 s that any robot may be silent", async () => {
  const { host, stopped } = await drive(
    {},
    () => {},
    (seconds, on) => {
      if (seconds >= 1) on.node.isRelaying = false;
      if (seconds >= 1) on.node.isPublishing = false;
    },
  );
  expect(stopped).toMatch(/^no message with the state|^nothing was heard/);
  expect(host.faults[0]?.value).toBeLessThan(0.25);
});

const LONG_STALL = 0.3; // longer than the node waits, 0.2 s
const SHORT_STALL = 0.09;

/** The control thread does not run for a while, once, a second after it began. */
const stallFor = (seconds: number) => {
  let isOver = false;
  return (time: number, { node }: VirtualRosHost, stop: AbortController) => {
    if (time >= 1 && !isOver) node.pass(seconds);
    isOver = time >= 1;
    if (time >= 3) stop.abort();
  };
};

test("the control loop stalls: the node's stop is latched, told as a fault, and what was driven is known", async () => {
  const { host, plant, stopped, recording } = await drive({}, () => {}, stallFor(LONG_STALL));
  expect(stopped).toMatch(/^the ROS node stopped the robot: it heard nothing of the control thread for 0\.2\d* s; /);
  expect(host.faults.map(({ name }) => name)).toEqual(["relayStopped"]);
  const commands = commandsOf(host);
  const firstNeutral = commands.findIndex((command, i) => isNeutral(command) && commands.slice(0, i).some(moves));
  expect(commands.slice(firstNeutral).every(isNeutral)).toBe(true);
  expect(commands.length - firstNeutral).toBeGreaterThan(10);
  expect(Math.abs(plant.state[2])).toBeLessThan(0.05);
  // the last command that it followed is the last that was recorded, and an event says since when it stands
  const { times, events } = await recording();
  const until = events.find(({ name }) => name === "followedUntil")?.time;
  expect(until).toBeCloseTo(times.at(-1) ?? Number.NaN, 6);
});

test("late by less than the node waits: nothing stops; at 10 Hz one missed step does not stop it either", async () => {
  const car = await drive({}, () => {}, stallFor(SHORT_STALL - 0.02));
  expect(car.stopped).toMatch(/^stopped by the operator/);
  const go1 = await drive({ task: "quadruped-figure8", plant: "nominal" }, () => {}, stallFor(0.108));
  expect(go1.stopped).toMatch(/^stopped by the operator/);
  const velocities = go1.host.node.graph.log.filter(({ topic }) => topic === "/cmd_vel");
  const speeds = velocities.map(({ message }) => (message as Twist).linear.x);
  const [first, last] = [speeds.findIndex((speed) => speed !== 0), speeds.findLastIndex((speed) => speed !== 0)];
  expect(last - first).toBeGreaterThan(20);
  expect(speeds.slice(first, last).every((speed) => speed !== 0)).toBe(true);
});

/** A relay of its own on a graph, in virtual time. */
function relayAlone() {
  const node = new VirtualNode();
  node.start(completeConfig({ link: "ros2" }));
  const throttles = () =>
    node.graph.log
      .filter(({ topic }) => topic === "/jetracer/throttle")
      .map(({ message }) => (message as { data: number }).data);
  const order = (arming: number, first: number) => node.relay?.carryOut(Float64Array.of(node.now, arming, first, 0));
  return { node, throttles, order };
}

test("the control thread falls silent: neutral at every beat; that arming never moves it again, a new one does", () => {
  const { node, throttles, order } = relayAlone();
  order(7, 0.5);
  expect(throttles()).toEqual([0.5]);
  const began = node.now;
  node.pass(1);
  const stopped = node.graph.log.find(({ topic, message }) => topic === "/jetracer/throttle" && isNeutral({ message }));
  expect((stopped?.time ?? Number.NaN) - began).toBeLessThanOrEqual(0.25 + 1e-9);
  expect(throttles().length).toBeGreaterThan(15);
  expect(node.said.join()).toMatch(/the control thread was silent for 0\.\d+ s: the robot is stopped/);
  for (const arming of [7, 6, 7]) order(arming, 0.5);
  expect(
    throttles()
      .slice(1)
      .every((value) => value === 0),
  ).toBe(true);
  order(0, 0);
  const after = throttles().length;
  order(7, 0.5); // nor after it was disarmed
  node.pass(0.5);
  expect(throttles()).toHaveLength(after);
  order(8, 0.25);
  expect(throttles().at(-1)).toBe(0.25);
});

test("rows that waited while the node's process did not run find the robot stopped", () => {
  const { node, throttles, order } = relayAlone();
  order(7, 0.5);
  node.now += LONG_STALL; // no beat either
  order(7, 0.5);
  expect(throttles().at(-1)).toBe(0);
});

test("a simulated robot that stopped for want of commands follows again only from a neutral one on", async () => {
  const node = new VirtualNode();
  const plant = await node.startPlant(completeConfig({ link: "ros2", plant: "identified" }));
  const settings = ros2SettingsFrom(completeConfig({ link: "ros2" }), carFigure8);
  const command = new CommandPublisher(node.graph.node("lapgrad"), settings);
  const applied = (first: number) => {
    command.publish(first, 0);
    return plant.inputs[0];
  };
  let stops = 0;
  plant.onStop = () => stops++;
  expect([applied(0.3), applied(0), applied(0.3)]).toEqual([0, 0, 0.3]);
  node.pass(0.3);
  expect(stops).toBe(1);
  expect(plant.inputs[0]).toBe(0);
  expect([applied(0.3), applied(0), applied(0.3)]).toEqual([0, 0, 0.3]);
});

const spoilings: readonly [string, Fault, (pose: PoseStamped) => unknown][] = [
  [
    "NaN",
    Fault.notFinite,
    (pose) => Object.assign(pose, { pose: { ...pose.pose, position: { x: Number.NaN, y: 0, z: 0 } } }),
  ],
  ["another frame", Fault.frame, (pose) => Object.assign(pose, { header: { ...pose.header, frame_id: "elsewhere" } })],
  [
    "stamps that stand still",
    Fault.stamps,
    (pose) => Object.assign(pose, { header: { ...pose.header, stamp: { sec: 1, nanosec: 0 } } }),
  ],
  ["empty messages", Fault.unreadable, () => ({})],
  ["nothing at all", Fault.unreadable, () => undefined],
];

test.each(spoilings)("%s while driving: stopped within 100 ms, with the reason", async (_, fault, spoil) => {
  const { host, plant, stopped } = await drive(
    {},
    () => {},
    (seconds, on) => {
      if (seconds < 1) return;
      on.node.graph.spoil = (topic, message) => (topic === "/jetracer/pose" ? spoil(message as PoseStamped) : message);
    },
  );
  expect(host.faults[0]?.name).toBe(Fault[fault]);
  expect(host.faults[0]?.value).toBeLessThan(0.1);
  expect(stopped).not.toMatch(/NaN|undefined/);
  expect(host.node.said.length).toBeGreaterThan(0);
  expect(commandsOf(host).slice(-10).every(isNeutral)).toBe(true);
  expect(plant.state.every(Number.isFinite)).toBe(true);
});

test("a position that jumps: stopped by the gate for it", async () => {
  const { host } = await drive(
    {},
    () => {},
    (seconds, on) => {
      if (seconds < 1) return;
      on.node.graph.spoil = (topic, message) => {
        if (topic === "/jetracer/pose") (message as PoseStamped).pose.position.x += 1;
        return message;
      };
    },
  );
  expect(host.faults[0]?.name).toBe("jump");
});

test("simulated time that runs at a third: refused before it drives, or stopped", async () => {
  const begin = (host: VirtualRosHost) => {
    host.node.graph.spoil = (topic, message) => {
      if (topic !== "/jetracer/pose") return message;
      const { stamp } = (message as PoseStamped).header;
      const seconds = (stamp.sec + stamp.nanosec * 1e-9 - 1.7e9) / 3;
      stamp.sec = Math.floor(seconds);
      stamp.nanosec = Math.round((seconds - stamp.sec) * 1e9);
      return message;
    };
  };
  const { stopped } = await drive({}, begin, stopAfter(3));
  expect(stopped).toMatch(/did not advance with this computer's clock.*real time/);
});

test("nobody publishes: named, with what to compare", async () => {
  const { stopped } = await drive(
    {},
    (host) => {
      host.node.isPublishing = false;
      host.node.graph.publications.length = 0;
    },
    stopAfter(1),
  );
  expect(stopped).toMatch(/^ros2: nobody was found within 3 s who publishes the state; .*ROS_DOMAIN_ID/);
});

test("a QoS that does not fit is named as the cause, with whose it is", async () => {
  const { stopped, host } = await drive({ ros2: { stateQos: "reliable" } }, () => {}, stopAfter(1), {});
  expect(stopped).toMatch(/published with another type or QoS than asked for/);
  expect(host.node.said.join()).toContain(
    "/jetracer/pose: /robot publishes best-effort, and reliable is asked for, so nothing arrives",
  );
});

test("another type on the topic is named as the cause", async () => {
  const { stopped, host } = await drive({ ros2: { odometry: "/jetracer/pose" } }, () => {}, stopAfter(1), {});
  expect(stopped).toMatch(/another type or QoS/);
  expect(host.node.said.join()).toContain("publishes geometry_msgs/msg/PoseStamped, not nav_msgs/msg/Odometry");
});

test("nobody listens, or somebody deaf: it is not armed", async () => {
  const nobody = await drive({}, ({ node: { graph } }) => void graph.subscriptions.splice(0), stopAfter(1));
  expect(nobody.stopped).toMatch(/^nobody subscribes the command/);
  const deaf = await drive({ ros2: { commandQos: "best-effort" } }, () => {}, stopAfter(1), {});
  expect(deaf.stopped).toMatch(/^the command is subscribed with another type or QoS/);
  expect(commandsOf(deaf.host).every(isNeutral)).toBe(true);
});

test.each(["teleop", "lapgrad"])("somebody else publishes commands, called %s: it is not armed", async (name) => {
  const begin = ({ node: { graph } }: VirtualRosHost) =>
    void graph.node(name).advertise("std_msgs/msg/Float32", "/jetracer/throttle", "reliable");
  const { host, stopped } = await drive({}, begin, stopAfter(0.5));
  expect(stopped).toMatch(/^somebody else gives the robot commands too: publishers beside ours: 1; /);
  expect(host.node.said.join()).toContain(`/${name} publishes on /jetracer/throttle too: two drivers, one robot`);
  expect(commandsOf(host)).toEqual([]);
});

test.each(["teleop", "lapgrad"])("somebody else begins to publish commands, called %s: a fault", async (name) => {
  let came = Number.NaN;
  const during = (seconds: number, { node }: VirtualRosHost) => {
    if (seconds < 1 || !Number.isNaN(came)) return;
    came = node.now;
    node.graph.node(name).advertise("std_msgs/msg/Float32", "/jetracer/steering", "reliable");
  };
  const { host, stopped } = await drive({}, () => {}, during);
  expect(stopped).toMatch(/^somebody else gives the robot commands too/);
  expect(host.node.said.join()).toContain(`/${name} publishes on /jetracer/steering too`);
  const lastMoving = commandsOf(host).findLast(moves)?.time ?? Number.NaN;
  expect(lastMoving - came).toBeLessThan(0.25);
});

test("a stop command that is not acknowledged is told of", async () => {
  const { host } = await drive({}, ({ node: { graph } }) => void graph.lost.add("/jetracer/throttle"), stopAfter(0.5));
  expect(host.node.said).toContain("the stop command was not acknowledged within 500 ms");
});

test.each<[string, PartialConfig]>([
  ["an Ackermann car", { ros2: { preset: "ackermann" } }],
  ["a Go1", { task: "quadruped-figure8", plant: "nominal" }],
  [
    "a car by Twist, its speed from differences of the pose",
    { ros2: { commandType: "twist", command: "/cmd_vel", twist: "" } },
  ],
])("%s drives on its track", async (_, given) => {
  let farthest = 0;
  const during = (seconds: number, host: VirtualRosHost, stop: AbortController) => {
    const [x = 0, y = 0] = host.node.plant?.state ?? [];
    farthest = Math.max(farthest, Math.abs(Math.hypot(Math.abs(x) - 1.5, y) - 1.5));
    if (seconds >= 6) stop.abort();
  };
  const { stopped, plant, host } = await drive(given, () => {}, during);
  expect(stopped).toMatch(/^stopped by the operator/);
  expect(plant.commands).toBeGreaterThan(50);
  expect(farthest).toBeLessThan(1);
  const odometry = host.node.graph.last<Odometry>("/odom");
  if (given.ros2?.preset === "ackermann") expect(odometry?.header.frame_id).toBe("odom");
});

test.each([
  ["steering=-1@seconds0", /^it turn(s|ed) against its steering.*steeringReversed/],
  [
    "throttle=-1@seconds0",
    /^it (brakes under throttle|was driven for 1 s and by its own measurement stands).*throttle/,
  ],
])("a plant node with %s: the drive ends within 3 s, with the cause", async (change, said) => {
  const { stopped, recording } = await drive({}, () => {}, stopAfter(5), { "plant-change": [change] });
  expect(stopped).toMatch(said);
  expect((await recording()).times.at(-1)).toBeLessThan(3);
});

test("a plant node changes by the time that it was driven", async () => {
  const speeds: number[][] = [];
  for (const changes of [[], ["throttle=0.2@seconds1.5"]]) {
    const seen: number[] = [];
    const during = (seconds: number, { node }: VirtualRosHost, stop: AbortController) => {
      seen.push(node.plant?.state[2] ?? Number.NaN);
      if (seconds >= 2.5) stop.abort();
    };
    await drive({}, () => {}, during, { "plant-change": changes });
    speeds.push(seen);
  }
  const [unchanged, changed] = speeds;
  expect(changed.slice(0, 70)).toEqual(unchanged.slice(0, 70)); // 1.4 s
  expect(changed[120]).toBeLessThan(unchanged[120] - 0.3);
});

/** Odometry whose twist is published in one frame and taken in another: when it is stopped, counted from its start. */
async function contradicted(said: "world" | "body", published: "world" | "body", lap: number) {
  const pilot = await pilotCore(completeConfig({ link: "ros2" }));
  const at = (part: number): Float64Array => {
    pilot.nominalSetpoint(part * (carFigure8.timing.lapTime ?? 0));
    return pilot.view("probe").slice(0, 2);
  };
  const [x, y] = at(lap);
  const [nextX, nextY] = at(lap + 1e-3);
  const ros2 = { odometry: "/odom" };
  let first = Number.NaN;
  let last = Number.NaN;
  const { host, stopped } = await drive(
    { ros2: { ...ros2, twistFrame: said } },
    (_, plant) => plant.state.set([x, y, 0, Math.atan2(nextY - y, nextX - x)]),
    (seconds, { node, shared }, stop) => {
      if (Number.isNaN(first) && (node.plant?.state[2] ?? 0) > 0.2) first = seconds;
      if (shared.runtimeState === RuntimeState.driving) last = seconds;
      if (seconds > 5) stop.abort();
    },
    { ros2: { ...ros2, twistFrame: published } },
  );
  return { host, stopped, after: last - first };
}

test.each([0, 0.13, 0.25, 0.4, 0.5, 0.65, 0.9])(
  "odometry whose twist counts in the world is stopped within a second, with the cause; begun after %f of a lap",
  async (lap) => {
    const { host, stopped, after } = await contradicted("body", "world", lap);
    expect(stopped).toMatch(
      /the speed beside the state's poses counts in another frame than is said.*ros2\.twistFrame/,
    );
    expect(host.node.said.join()).toMatch(
      /is taken in the frame of the body; by the poses it counts in that of the world/,
    );
    expect(after).toBeLessThan(1);
    expect(host.faults.at(-1)?.name).toBe("twistFrame");
  },
);

test("twistFrame counts beside odometry, and a wrong one is stopped the other way round too", async () => {
  const right = await contradicted("world", "world", 0.13);
  expect(right.stopped).toMatch(/stopped by the operator/);
  const { stopped, after } = await contradicted("world", "body", 0.13);
  expect(stopped).toMatch(/counts in another frame than is said/);
  expect(after).toBeLessThan(1);
  const frameOf = (ros2: PartialConfig["ros2"]) =>
    ros2SettingsFrom(completeConfig({ link: "ros2", ...(ros2 ? { ros2 } : {}) }), carFigure8).twistFrame;
  expect(frameOf({ odometry: "/odom" })).toBe("body");
  expect(frameOf({ preset: "ackermann" })).toBe("body");
  expect(frameOf({ preset: "ackermann", pose: "/pose" })).toBe("world");
  expect(frameOf(undefined)).toBe("world");
});

/** A robot whose odometry drifts, seen from outside: the plant publishes both, and its IMU. */
const SEEN: PartialConfig = { ros2: { preset: "ackermann", odometry: "/odom", imu: "/imu", pose: "/seen" } };
/** Its wheel counts 2 % too much, and it begins a metre off. */
const drifting = (topic: string, message: unknown) => {
  if (topic !== "/odom") return message;
  const { pose, twist } = message as Odometry;
  Object.assign(pose.pose.position, { x: 1 + 1.02 * pose.pose.position.x, y: 1.02 * pose.pose.position.y });
  twist.twist.linear.x *= 1.02;
  return message;
};

/** Stops after `until` seconds; how far from the task's circles it truly was. */
function watchDistance(until: number) {
  let most = 0;
  const during = (seconds: number, { node, shared }: VirtualRosHost, stop: AbortController) => {
    const [x = 0, y = 0] = node.plant?.state ?? [];
    if (shared.runtimeState === RuntimeState.driving)
      most = Math.max(most, Math.abs(Math.hypot(Math.abs(x) - 1.5, y) - 1.5));
    if (seconds >= until) stop.abort();
  };
  return { during, farthest: () => most };
}

test("odometry that drifts, beside poses from outside: it drives where they say, and both are recorded", async () => {
  const { during, farthest } = watchDistance(6);
  const spoil = ({ node }: VirtualRosHost) => {
    node.graph.spoil = drifting;
  };
  const { stopped, recording, host } = await drive(SEEN, spoil, during);
  expect(stopped).toMatch(/^stopped by the operator/);
  expect(farthest()).toBeLessThan(1);
  expect(host.node.graph.last<PoseStamped>("/lapgrad/pose")?.header.frame_id).toBe("world");
  const { measured } = await recording();
  if (!measured) throw new Error("nothing was measured");
  expect(measured.motions.length / MotionColumn.count).toBeGreaterThan(250);
  const { recorded, found, rms } = reEstimate(measured);
  expect(recorded.believed).toBeGreaterThan(250);
  expect(recorded.contradicted).toBe(0);
  expect(rms).toBeLessThan(1e-9);
  expect(found.travelScale).toBeCloseTo(1 / 1.02 - 1, 2);
});

test("an IMU and poses from outside alone drive it", async () => {
  const { during, farthest } = watchDistance(6);
  const { stopped, recording } = await drive({ ros2: { imu: "/imu", pose: "/seen" } }, () => {}, during);
  expect(stopped).toMatch(/^stopped by the operator/);
  expect(farthest()).toBeGreaterThan(0.01);
  expect(farthest()).toBeLessThan(1);
  const { measured } = await recording();
  if (!measured) throw new Error("nothing was measured");
  expect(reEstimate(measured).rms).toBeLessThan(1e-9);
});

test.each([
  ["poses from outside", "/seen", /^no pose from outside that can be true has come for 2\.0\d* s/, [1.9, 2.2]],
  ["an IMU", "/imu", /^no message with the state came for 0\.\d+ s/, [0.04, 0.2]],
] as const)("%s that end stop it, each in its time", async (_, silent, said, [least, most]) => {
  let ended = Number.NaN;
  let last = Number.NaN;
  const during = (seconds: number, { node, shared }: VirtualRosHost) => {
    if (shared.runtimeState === RuntimeState.driving) last = seconds;
    if (seconds < 1 || !Number.isNaN(ended)) return;
    ended = seconds;
    node.graph.spoil = (topic, message) => (topic === silent ? {} : message);
  };
  const { stopped } = await drive(SEEN, () => {}, during);
  expect(stopped).toMatch(said);
  expect(last - ended).toBeGreaterThan(least);
  expect(last - ended).toBeLessThan(most);
});

test("without a pose from outside it is not armed", async () => {
  const nobody = await drive(SEEN, () => {}, stopAfter(1), { ros2: { preset: "ackermann" } });
  expect(nobody.stopped).toMatch(/^ros2: nobody was found within 3 s who publishes the state/);
  const blind = ({ node }: VirtualRosHost) => {
    node.graph.spoil = (topic, message) => {
      if (topic === "/seen") Object.assign((message as PoseStamped).pose.orientation, { x: 1, w: 0 });
      return message;
    };
  };
  const unseen = await drive(SEEN, blind, stopAfter(1));
  expect(unseen.stopped).toMatch(/^ros2: no pose from outside that can be true has come for 3 s/);
  expect(unseen.host.node.said.join()).toMatch(/it leans by 1\d\d°: upside down/);
});
