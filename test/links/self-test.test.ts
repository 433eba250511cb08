/** What keeps a board from being armed, and what its sensors say of themselves while it drives. */
import { beforeEach, expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { type Robot, RobotPhase } from "../../src/links/robot.js";
import { SerialRobot } from "../../src/links/serial/robot.js";
import { servoFrom } from "../../src/links/serial/servo.js";
import { BoardState, Cause, HealthFlag, protocol, SensorFlag, type Telemetry } from "../../src/links/wire/protocol.js";
import { explainFault } from "../../src/runtime/stops.js";
import { AnsweringBoard } from "../runtime/answering-board.js";

const PERIOD = 0.02;
const NEUTRAL = new Float64Array(2);
/** a standing car with all sensors but a radio */
const STANDING = SensorFlag.gyro | SensorFlag.standing | SensorFlag.battery | SensorFlag.accelerometer;

let board: AnsweringBoard;
let now: number;
beforeEach(() => {
  board = new AnsweringBoard();
  Object.assign(board.telemetry, { sensors: STANDING, wheelSpeed: 0, gyroSpread: 0.003, gyroMean: 0.001 });
  now = 0;
});

function robotThat(required = { battery: false, radio: false }): Robot {
  return new SerialRobot(board, { wheelTravel: 0.01, servo: servoFrom({}), deadZone: 0, required }, 1);
}

/** Steps until there is a fault; `arms`: it is asked to be armed as soon as it is ready. */
function faultWithin(robot: Robot, seconds: number, arms = true): Fault {
  for (const end = now + seconds; now < end; now += PERIOD) {
    robot.receive(now);
    const fault = robot.takeFault();
    if (fault !== Fault.none) return fault;
    if (arms && robot.phase === RobotPhase.ready) robot.arm(now);
    robot.send(now, NEUTRAL);
  }
  return Fault.none;
}

const words = (robot: Robot, fault: Fault) => explainFault({ fault, value: robot.faultValue, limit: Number.NaN });

test("a board whose sensors are right is armed", () => {
  const robot = robotThat({ battery: true, radio: false });
  expect(faultWithin(robot, 3)).toBe(Fault.none);
  expect(robot.phase).toBe(RobotPhase.armed);
});

test.each<[string, Partial<Telemetry>, Fault, RegExp]>([
  ["a gyro without noise", { gyroSpread: 0 }, Fault.gyroFrozen, /repeats the same value.*; check the gyro's cable/],
  [
    "an uneasy gyro",
    { gyroSpread: 0.31 },
    Fault.gyroNoise,
    /uneasy: 0\.31 rad\/s .*\(limit 0\.1\); keep the car still/,
  ],
  [
    "a drifted gyro",
    { gyroMean: -0.05 },
    Fault.gyroBias,
    /turns at -0\.05 rad\/s .*\(limit 0\.02\); .*restart the board/,
  ],
  ["no gyro", { sensors: SensorFlag.battery }, Fault.noState, /does not measure its state; keep the car still/],
  ["a gyro not yet described", { sensors: SensorFlag.gyro }, Fault.noState, /does not measure/],
  ["a sleeping gyro", { health: HealthFlag.gyroAsleep }, Fault.gyroAsleep, /sleeps.*; check/],
  ["a failed self-test", { health: HealthFlag.gyroSelfTest }, Fault.gyroSelfTest, /failed its self-test; keep/],
  ["a saturated gyro", { health: HealthFlag.gyroSaturated }, Fault.gyroSaturated, /end of its range, 17\.4 rad\/s; /],
  ["a wild encoder", { health: HealthFlag.encoderFast }, Fault.encoderFast, /faster than 15000 times a second; check/],
  [
    "the radio at manual",
    { sensors: STANDING | SensorFlag.rc, rcMode: 2000 },
    Fault.radioMode,
    /at 2000 µs; below 1300 µs the host may drive; switch/,
  ],
])("%s: not armed, with words", (_, telemetry, fault, said) => {
  Object.assign(board.telemetry, telemetry);
  const robot = robotThat();
  expect(faultWithin(robot, 3)).toBe(fault);
  expect(now).toBeGreaterThan(2); // it had time to be put down
  expect(robot.phase).toBe(RobotPhase.ready);
  expect(board.telemetry.state).not.toBe(BoardState.armed);
  expect(words(robot, fault)).toMatch(said);
});

test("what the configuration requires must be there", () => {
  board.telemetry.sensors = STANDING & ~SensorFlag.battery;
  expect(faultWithin(robotThat({ battery: true, radio: false }), 3)).toBe(Fault.batteryMissing);
  board.telemetry.sensors = STANDING;
  const robot = robotThat({ battery: true, radio: true });
  expect(faultWithin(robot, 3)).toBe(Fault.radioMissing);
  expect(words(robot, Fault.radioMissing)).toMatch(/servo\.radioRequired asks for one; switch the transmitter on/);
  Object.assign(board.telemetry, { sensors: STANDING | SensorFlag.rc, rcMode: 1000 });
  expect(faultWithin(robot, 3)).toBe(Fault.none);
  expect(robot.phase).toBe(RobotPhase.armed);
});

test("a car that was just put down is armed once it stands", () => {
  board.telemetry.gyroSpread = 1;
  const robot = robotThat();
  expect(faultWithin(robot, 1)).toBe(Fault.none);
  expect(robot.phase).toBe(RobotPhase.arming);
  board.telemetry.gyroSpread = 0.002;
  expect(faultWithin(robot, 0.2)).toBe(Fault.none);
  expect(robot.phase).toBe(RobotPhase.armed);
});

test("a board of another version is not armed, also if it takes our hello", () => {
  Object.assign(board.welcome, { version: 0 });
  const robot = robotThat();
  expect(faultWithin(robot, 1)).toBe(Fault.wrongVersion);
  expect(words(robot, Fault.wrongVersion)).toMatch(
    new RegExp(`speaks protocol version 0, this program ${protocol.version}; flash the firmware of this version`),
  );
  faultWithin(robot, 1);
  expect(robot.phase).toBe(RobotPhase.connecting);
});

test("a board that has other servo settings in force than it was told is not armed", () => {
  for (const [name, value] of [
    ["throttleNeutral", 1540],
    ["flags", 2],
    ["steeringSlew", 100],
  ] as const) {
    board = new AnsweringBoard();
    board.tamperConfigured = (configured) => {
      configured[name] = value;
    };
    const robot = robotThat();
    expect(faultWithin(robot, 1)).toBe(Fault.configurationEcho);
    expect(robot.faultValue).toBe(value);
    expect(robot.phase).toBe(RobotPhase.connecting);
  }
});

test.each([
  [HealthFlag.gyroSaturated, Fault.gyroSaturated],
  [HealthFlag.gyroFrozen, Fault.gyroFrozen],
  [HealthFlag.gyroAsleep, Fault.gyroAsleep],
  [HealthFlag.gyroSelfTest, Fault.gyroSelfTest],
  [HealthFlag.encoderFast, Fault.encoderFast],
  [HealthFlag.encoderUnasked, Fault.encoderUnasked],
  [HealthFlag.encoderBackwards, Fault.encoderBackwards],
  [HealthFlag.batteryLost, Fault.none], // the gates' affair
])("health flag %i while it drives", (flag, fault) => {
  const robot = robotThat();
  faultWithin(robot, 1);
  expect(robot.phase).toBe(RobotPhase.armed);
  board.telemetry.health = flag;
  expect(faultWithin(robot, 0.1)).toBe(fault);
});

test("a board that stopped for a blow or for lying on its side says so", () => {
  for (const [cause, fault] of [
    [Cause.shock, Fault.boardShock],
    [Cause.tilt, Fault.boardTilt],
  ] as const) {
    board = new AnsweringBoard();
    board.telemetry.wheelSpeed = 0;
    const robot = robotThat();
    faultWithin(robot, 1);
    Object.assign(board.telemetry, { state: BoardState.failsafe, cause });
    expect(faultWithin(robot, 0.1)).toBe(fault);
  }
});

test("accelerations are read where there is an accelerometer", () => {
  const robot = robotThat();
  Object.assign(board.telemetry, { accelForward: -3.5, accelLeft: 4.25 });
  faultWithin(robot, 0.2);
  expect(robot.reading).toMatchObject({ forwardAcceleration: -3.5, lateralAcceleration: 4.25 });
  board.telemetry.sensors = SensorFlag.gyro;
  faultWithin(robot, 0.1, false);
  expect(robot.reading).toMatchObject({ forwardAcceleration: Number.NaN, lateralAcceleration: Number.NaN });
});
