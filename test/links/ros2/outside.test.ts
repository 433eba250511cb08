/** Odometry, IMU and poses from outside as sensors of the estimator, over a graph without ROS. */
import { expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../../src/config/config.js";
import { type MeasuredLog, PoseColumn, Verdict } from "../../../src/estimation/measured.js";
import { robotFor } from "../../../src/links/links.js";
import { Gyro } from "../../../src/links/ros2/gyro.js";
import { type Imu, newMessage, setStamp, setYaw, tiltOf } from "../../../src/links/ros2/messages.js";
import { OutsideTopic } from "../../../src/links/ros2/outside-topic.js";
import { ros2SettingsFrom } from "../../../src/links/ros2/settings.js";
import { PoseEntry } from "../../../src/pose/shared-poses.js";
import { normalFrom, uniformFrom } from "../../../src/statistics.js";
import { carFigure8 } from "../../../src/tasks/car-figure8.js";
import { PlanarState } from "../../../src/tasks/planar.js";

import { VirtualNode } from "./host.js";

function imuAt(time: number, rate: number): Imu {
  const message = newMessage["sensor_msgs/msg/Imu"]("imu");
  setStamp(message.header.stamp, time);
  message.angular_velocity.z = rate;
  return message;
}

test("an IMU's yaw rate adds up by the time of its stamps, whatever epoch they count from", () => {
  for (const epoch of [1.7e9, 5]) {
    const gyro = new Gyro("use", () => {});
    // rate 0.5 t: turn 0.25 t²; messages wait 1 to 9 ms, in an order of their own
    for (let i = 0; i <= 100; i++) gyro.take(imuAt(epoch + i * 0.01, 0.005 * i), 40.001 + i * 0.01 + (i % 3) * 0.004);
    expect(gyro.turnAt(41.001)).toBeCloseTo(0.25, 5);
    expect(gyro.turnAt(41.011)).toBeCloseTo(0.255, 4);
    gyro.take(imuAt(epoch + 0.5, 9), 41.01);
    expect(gyro.rate).toBe(0.5); // overtaken on its way
    gyro.take(imuAt(epoch + 1.01, Number.NaN), 41.02);
    expect([gyro.rate, gyro.refusal]).not.toEqual([0.5, 0]);
    expect(gyro.arrival).toBeLessThan(41.01);
  }
});

test("how far an orientation leans does not depend on where it points, nor on its length", () => {
  for (const yaw of [0, 1, -3]) {
    const orientation = { x: 0, y: 0, z: 0, w: 1 };
    setYaw(orientation, yaw);
    expect(tiltOf(orientation)).toBe(0);
    // about the body's x axis by 0.4, then about z
    const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
    const { z, w } = orientation;
    expect(tiltOf({ x: 2 * w * s, y: 2 * z * s, z: 2 * z * c, w: 2 * w * c })).toBeCloseTo(0.4, 12);
  }
  expect(tiltOf({ x: 0, y: 0, z: 0, w: 0 })).toBeNaN();
});

/** It stands for two seconds, then drives round a circle of 1.5 m at 1.5 ± 0.5 m/s. */
const RADIUS = 1.5;
const driven = (t: number) => Math.max(0, t - 2);
const speedAt = (t: number) => (t < 2 ? 0 : 1.5 + 0.5 * Math.sin(2 * driven(t)));
const angleAt = (t: number) => (1.5 * driven(t) + 0.25 * (1 - Math.cos(2 * driven(t)))) / RADIUS;
const placeAt = (t: number) => {
  const angle = angleAt(t);
  return { x: RADIUS * Math.sin(angle), y: -RADIUS * Math.cos(angle), phi: angle };
};

interface Seen {
  /** root of the mean square distance from where it truly is, after the first seconds [m] */
  readonly rms: number;
  readonly odometryRms: number;
  readonly verdicts: readonly number[];
  readonly said: readonly string[];
  readonly uncertainty: number;
}

/** What the stamps of wheel and gyro count from [s]. */
const EPOCH = 1.7e9;

/**
 * Drives round for `seconds`: wheel 2 % too short, gyro with 0.3 °/s of bias, poses at 30 Hz that are `late` to 40 ms
 * more late, with 5 mm and 0.5° of noise, one in a hundred off by 0.3 m, stamped by a clock that counts from `epoch`.
 */
function driveRound(seconds: number, late: number, epoch: number, hasOdometry = true): Seen {
  const node = new VirtualNode();
  const topics = { imu: "/imu", pose: "/seen" } as const;
  const ros2 = hasOdometry ? ({ preset: "ackermann", odometry: "/odom", ...topics } as const) : topics;
  const config = completeConfig({ link: "ros2", ros2, "pose-frame": [10, -2, 90] });
  node.start(config);
  const robot = robotFor(config, carFigure8)?.make(node, 1);
  if (!robot) throw new Error("no robot");
  const verdicts: number[] = [];
  const log: MeasuredLog = {
    begin: () => {},
    motion: () => {},
    pose: (rows, at) => void verdicts.push(rows[at + PoseColumn.verdict]),
  };
  robot.logTo?.(log);
  const other = node.graph.node("sensors");
  const odometry = other.advertise("nav_msgs/msg/Odometry", "/odom", "best-effort");
  const imu = other.advertise("sensor_msgs/msg/Imu", "/imu", "best-effort");
  const poses = other.advertise("geometry_msgs/msg/PoseStamped", "/seen", "best-effort");
  other.start();
  const random = uniformFrom(7);
  const normal = normalFrom(random);
  const begun = node.now;
  const waiting: { readonly due: number; readonly publish: () => void }[] = [];
  const counted = { x: 0, y: 0, phi: 0 };
  const state = new Float64Array(4);
  let [squares, odometrySquares, count] = [0, 0, 0];
  for (let step = 1; step <= seconds * 200; step++) {
    node.pass(0.005);
    const t = node.now - begun;
    const [speed, rate] = [0.98 * speedAt(t), speedAt(t) / RADIUS + 0.3 * (Math.PI / 180)];
    if (step % 2 === 0) imu.publish(imuAt(EPOCH + t, rate));
    counted.phi += rate * 0.005;
    counted.x += speed * 0.005 * Math.cos(counted.phi);
    counted.y += speed * 0.005 * Math.sin(counted.phi);
    if (step % 4 === 0) {
      const message = newMessage["nav_msgs/msg/Odometry"]("odom");
      setStamp(message.header.stamp, EPOCH + t);
      Object.assign(message.pose.pose.position, { x: counted.x, y: counted.y });
      setYaw(message.pose.pose.orientation, counted.phi);
      message.twist.twist.linear.x = speed;
      odometry.publish(message);
    }
    if (step % 7 === 0) {
      const { x, y, phi } = placeAt(t);
      const off = random() < 0.01 ? 0.3 : 0;
      const message = newMessage["geometry_msgs/msg/PoseStamped"]("room");
      setStamp(message.header.stamp, epoch + t);
      const position = { x: x + off + 0.005 * normal(), y: y + 0.005 * normal() };
      Object.assign(message.pose.position, position);
      setYaw(message.pose.orientation, phi + 0.0087 * normal());
      waiting.push({ due: t + late + 0.04 * random(), publish: () => poses.publish(message) });
    }
    for (const { publish } of waiting.filter(({ due }) => due <= t)) publish();
    waiting.splice(0, waiting.length, ...waiting.filter(({ due }) => due > t));
    if (step % 4 !== 0) continue;
    robot.receive(node.now);
    if (t < 10) continue;
    robot.stateAt(node.now, state);
    // the frame of the poses lies at 10, -2 on the track, turned by 90°
    const { x, y } = placeAt(t);
    squares += (state[PlanarState.x] - (10 - y)) ** 2 + (state[PlanarState.y] - (x - 2)) ** 2;
    odometrySquares += (counted.x - x) ** 2 + (counted.y - RADIUS - y) ** 2;
    count++;
  }
  return {
    rms: Math.sqrt(squares / count),
    odometryRms: Math.sqrt(odometrySquares / count),
    verdicts,
    said: node.said,
    uncertainty: robot.reading.uncertainty,
  };
}

test.each([
  ["the odometry's clock: their age is known", 0.15, EPOCH, []],
  ["a clock of another epoch: it is estimated", 0.03, 300, [/^pose: their stamps are 1\d+\.\d+ s old by the clock/]],
])("late, noisy, sometimes wrong poses by %s; within 15 mm rms of the truth", (_, late, epoch, remarks) => {
  const { rms, odometryRms, verdicts, said, uncertainty } = driveRound(40, late, epoch);
  expect(rms).toBeLessThan(0.015);
  expect(odometryRms).toBeGreaterThan(0.1);
  const contradicted = verdicts.filter((verdict) => verdict === Verdict.contradicted).length;
  expect(verdicts.length).toBeGreaterThan(1000);
  expect(contradicted).toBeGreaterThan(5);
  expect(contradicted).toBeLessThan(40);
  expect(uncertainty).toBeLessThan(0.03);
  expect(said).toEqual(remarks.map((remark) => expect.stringMatching(remark)));
});

test("an IMU and poses alone: the speed comes from poses", () => {
  const { rms, verdicts, said } = driveRound(40, 0.05, EPOCH, false);
  expect(rms).toBeLessThan(0.03);
  expect(verdicts.filter((verdict) => verdict === Verdict.believed).length).toBeGreaterThan(1000);
  expect(said).toEqual([]);
});

test.each<[string, PartialConfig, RegExp]>([
  ["two sources of poses", { ros2: { odometry: "/odom", pose: "/seen" }, pose: "udp" }, /leave one of them out/],
  ["a source beside a whole state", { pose: "udp" }, /beside ros2\.pose \/jetracer\/pose.*--ros2 odometry=/],
  [
    "a speed beside an IMU",
    { ros2: { imu: "/imu", pose: "/seen", twist: "/speed" } },
    /ros2\.twist \/speed is the speed/,
  ],
  [
    "an IMU without poses",
    { ros2: { odometry: "/odom", imu: "/imu" } },
    /ros2\.imu \/imu counts where poses come from/,
  ],
])("%s is refused, with what to do", (_, given, said) => {
  expect(() => ros2SettingsFrom(completeConfig({ link: "ros2", ...given }), carFigure8)).toThrow(said);
});

test("poses in another frame than those before, or too old for any use, do not count, and that is said", () => {
  const said: string[] = [];
  const settings = { name: "", frame: { x: 0, y: 0, angle: 0 }, mount: { x: 0, y: 0, angle: 0 } };
  let now = 50;
  const topic = new OutsideTopic(
    settings,
    "use",
    (text) => said.push(text),
    () => now,
  );
  const take = (frame: string, age: number, offset: number) => {
    now += 0.03;
    const message = newMessage["geometry_msgs/msg/PoseStamped"](frame);
    setStamp(message.header.stamp, EPOCH + now - age);
    message.pose.position.x = now - 50;
    topic.take(message, now, offset);
    return topic.count;
  };
  expect(take("room", 0.1, Number.POSITIVE_INFINITY)).toBe(0); // no odometry yet
  const counts = Array.from({ length: 20 }, () => take("room", 0.1, -EPOCH));
  expect(counts.at(-1)).toBeGreaterThan(14);
  expect(topic.pose[PoseEntry.arrived] - topic.pose[PoseEntry.seconds]).toBeCloseTo(0.1, 5);
  expect(take("map", 0.1, -EPOCH)).toBe(counts.at(-1));
  expect(said).toEqual([
    expect.stringMatching(/^pose: a pose in frame "map" is not used: those before were in "room"/),
  ]);
  expect(take("room", 0.6, -EPOCH)).toBe(counts.at(-1));
  expect(take("room", 0.1, -EPOCH)).toBe((counts.at(-1) ?? 0) + 1);
});

test("poses of a source without ROS go beside an odometry; an odometry alone has the whole state", () => {
  const settingsOf = (given: PartialConfig) => ros2SettingsFrom(completeConfig({ link: "ros2", ...given }), carFigure8);
  const { pose, outside } = settingsOf({ ros2: { odometry: "/odom", imu: "/imu" }, pose: "udp" });
  expect([pose, outside]).toEqual(["", undefined]);
  expect(settingsOf({ ros2: { odometry: "/odom", pose: "/seen" } }).outside?.name).toBe("");
  for (const [given, isSeen] of [
    [{ ros2: { odometry: "/odom" } }, false],
    [{ ros2: { odometry: "/odom" }, pose: "udp" }, true],
  ] as const) {
    const robot = robotFor(completeConfig({ link: "ros2", ...given }), carFigure8)?.make(new VirtualNode(), 1);
    expect(Number.isNaN(robot?.reading.poseTime)).toBe(!isSeen);
  }
});
