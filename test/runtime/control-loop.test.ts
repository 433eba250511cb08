/** The control loop's states: who may drive when, what stops it, and what it leaves behind. */
import { beforeAll, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { Fault } from "../../src/links/faults.js";
import { RobotPhase } from "../../src/links/robot.js";
import { pilotCore } from "../../src/runtime/control.js";
import { ControlLoop } from "../../src/runtime/control-loop.js";
import { GateCheck } from "../../src/runtime/gate-check.js";
import { handedOver } from "../../src/runtime/handover.js";
import { layoutFor, RecordKind, Ring } from "../../src/runtime/records.js";
import { Order, Shared } from "../../src/runtime/shared.js";
import { RuntimeEvent, RuntimeState, transitions } from "../../src/runtime/states.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { ScriptedRobot } from "../support/scripted-robot.js";

const DT = 0.02;
const START = [0, 0, 0, Math.PI / 2];
const config = completeConfig({ hidden: [4], link: "serial" });
const layout = layoutFor(carFigure8);

class Bench {
  readonly robot = new ScriptedRobot();
  readonly shared: Shared;
  readonly ring = new Ring(layout);
  readonly loop: ControlLoop;
  now = 100;
  /** the main thread gives no heartbeat */
  hangs = false;

  constructor(readonly core: Core) {
    core.view("parameters").fill(0);
    this.shared = new Shared(core.parameterCount());
    this.shared.start.set(START);
    this.shared.giveParameters(core.view("parameters"), handedOver(core));
    const gates = new GateCheck(
      this.robot,
      { ...config, heartbeatWithin: Number.POSITIVE_INFINITY },
      carFigure8,
      new Float64Array(0),
    );
    this.loop = new ControlLoop(core, this.robot, gates, this.shared, this.ring, layout);
  }

  steps(count: number, missed = false): boolean {
    let goesOn = true;
    for (let i = 0; i < count && goesOn; i++) {
      this.now += DT;
      if (!this.hangs) this.shared.mainHeartbeat = this.now;
      goesOn = this.loop.step(this.now, missed);
    }
    return goesOn;
  }

  /** Armed and driving for so many steps. */
  drive(count: number): void {
    this.shared.give(Order.arm);
    this.steps(3);
    expect(this.shared.runtimeState).toBe(RuntimeState.armed);
    this.shared.give(Order.drive);
    this.steps(count);
    expect(this.shared.runtimeState).toBe(RuntimeState.driving);
  }

  rows(): number[][] {
    const rows: number[][] = [];
    this.ring.drain((row) => rows.push([...row]));
    return rows;
  }

  last(): readonly number[] {
    return this.robot.sent.at(-1)?.input ?? [];
  }
}

let core: Core;
beforeAll(async () => {
  core = await pilotCore(config);
});

test("every state is entered and left, every event and action has a use", () => {
  const rows = Object.values(transitions).map((events) => Object.entries(events));
  for (const events of rows) expect(events).not.toHaveLength(0);
  const used = rows.flat();
  const namesOf = (of: Record<string, unknown>) => Object.keys(of).filter((key) => !Number.isNaN(Number(key)));
  expect([...new Set(used.map(([event]) => event))].sort()).toEqual(namesOf(RuntimeEvent).sort());
  expect([...new Set(used.flatMap(([, { to }]) => (to === undefined ? [] : `${to}`)))].sort()).toEqual(
    namesOf(RuntimeState).sort(),
  );
  expect(new Set(used.flatMap(([, { action }]) => action ?? [])).size).toBe(4);
});

test("nothing moves before it is armed and told to drive", () => {
  const bench = new Bench(core);
  bench.shared.give(Order.drive);
  bench.steps(50);
  expect(bench.shared.runtimeState).toBe(RuntimeState.idle);
  bench.shared.give(Order.arm);
  bench.steps(50);
  expect(bench.shared.runtimeState).toBe(RuntimeState.armed);
  for (const { input } of bench.robot.sent) expect(input).toEqual([0, 0]);
  bench.shared.give(Order.drive);
  bench.steps(1);
  expect(bench.last()[0]).toBeGreaterThan(0);
});

test("a drive leaves a row per step and per call, the state after it, and what happened", () => {
  const bench = new Bench(core);
  bench.drive(15);
  bench.shared.give(Order.finish);
  bench.steps(30);
  expect(bench.shared.runtimeState).toBe(RuntimeState.idle);
  expect(bench.robot.phase).toBe(RobotPhase.ready);
  const rows = bench.rows();
  const of = (kind: RecordKind) => rows.filter(([k]) => k === kind);
  expect(of(RecordKind.step).map(([, time]) => time)).toEqual(
    Array.from({ length: 15 }, (_, i) => expect.closeTo(i * DT, 10)),
  );
  expect(of(RecordKind.call).map(([, time]) => time)).toEqual([0, 0.14, 0.28].map((time) => expect.closeTo(time, 10)));
  expect(of(RecordKind.end)).toHaveLength(1);
  expect(of(RecordKind.end)[0][1]).toBeCloseTo(15 * DT, 10);
  expect(of(RecordKind.fault)).toHaveLength(0);
  expect(of(RecordKind.state).map(([, , state]) => state)).toEqual([
    RuntimeState.idle,
    RuntimeState.armed,
    RuntimeState.driving,
    RuntimeState.stopping,
    RuntimeState.idle,
  ]);
  const sent = bench.robot.sent.slice(3, 18).map(({ input }) => input);
  expect(of(RecordKind.step).map((row) => row.slice(6, 8))).toEqual(sent);
});

const faults: readonly (readonly [string, Fault, (bench: Bench) => void])[] = [
  ["operator", Fault.operatorStop, ({ shared }) => shared.give(Order.stop)],
  ["Ctrl-Z", Fault.suspended, ({ shared }) => shared.give(Order.stop, Fault.suspended)],
  ["recorder", Fault.recorder, ({ shared }) => shared.give(Order.recorderFailed)],
  ["state not a number", Fault.notFinite, ({ robot }) => (robot.reading.state[0] = Number.NaN)],
  ["geofence and task bounds", Fault.bounds, ({ robot }) => robot.reading.state.set([0, 0, 0, 1e5])],
  [
    "policy not a number",
    Fault.policy,
    ({ shared, core }) => {
      shared.giveParameters(new Float64Array(core.parameterCount()).fill(Number.NaN), handedOver(core));
    },
  ],
  ["board timed out", Fault.boardTimeout, ({ robot }) => (robot.fault = Fault.boardTimeout)],
  ["clock", Fault.clock, (bench) => (bench.now += 10)],
  [
    "silence",
    Fault.lostLink,
    ({ robot }) => {
      robot.onReceive = (now) => {
        robot.reading.time = now;
      };
    },
  ],
];

test.each(faults)("%s: neutral, then disarmed; never again without being armed", (_, fault, disturb) => {
  const bench = new Bench(core);
  bench.drive(10);
  const { length } = bench.robot.sent;
  disturb(bench);
  bench.steps(20); // silence takes ten steps to be seen
  const driven = bench.robot.sent.slice(length).findLastIndex(({ input }) => input.some((value) => value !== 0));
  expect(driven).toBeLessThan(fault === Fault.lostLink ? 11 : fault === Fault.policy ? 7 : 0);
  expect([RuntimeState.stopping, RuntimeState.fault]).toContain(bench.shared.runtimeState);
  bench.steps(200);
  expect(bench.shared.runtimeState).toBe(RuntimeState.fault);
  expect(bench.robot.phase).toBe(RobotPhase.ready);
  bench.shared.give(Order.drive);
  bench.steps(20);
  expect(bench.shared.runtimeState).toBe(RuntimeState.fault);
  for (const { input } of bench.robot.sent.slice(length + 11)) expect(input).toEqual([0, 0]);
  const rows = bench.rows();
  expect(rows.filter(([kind]) => kind === RecordKind.fault).map(([, , found]) => found)).toEqual([fault]);
  expect(rows.filter(([kind]) => kind === RecordKind.end)).toHaveLength(1);
});

test("a main thread without a heartbeat: neutral after two seconds, then disarmed, whatever it does later", () => {
  const bench = new Bench(core);
  const { reading } = bench.robot;
  // it moves as a robot does that is driven, slower than what must be seen to get somewhere
  bench.robot.onSend = (_, [throttle]) => {
    reading.state[2] += 0.1 * (0.6 * throttle - reading.state[2]);
  };
  bench.drive(10);
  bench.hangs = true;
  bench.steps(100);
  expect([bench.shared.runtimeState, bench.last()[0] > 0]).toEqual([RuntimeState.driving, true]);
  bench.steps(1);
  expect([bench.shared.runtimeState, bench.last()]).toEqual([RuntimeState.stopping, [0, 0]]);
  bench.hangs = false;
  bench.steps(200);
  expect([bench.shared.runtimeState, bench.robot.phase]).toEqual([RuntimeState.fault, RobotPhase.ready]);
  const [found] = bench.rows().filter(([kind]) => kind === RecordKind.fault);
  expect(found.slice(2, 5)).toEqual([Fault.mainThread, expect.closeTo(2.02, 10), 2]);
});

test("after a fault it can be armed again, and the old fault is forgotten", () => {
  const bench = new Bench(core);
  bench.drive(10);
  bench.robot.fault = Fault.boardReset;
  bench.steps(200);
  expect(bench.shared.runtimeState).toBe(RuntimeState.fault);
  bench.robot.fault = Fault.boardDisarmed; // what the disarming itself brings
  bench.drive(10);
  expect(bench.last()[0]).toBeGreaterThan(0);
});

test("a robot that does not arm is given up after three seconds", () => {
  const bench = new Bench(core);
  bench.robot.refuses = true;
  bench.shared.give(Order.arm);
  bench.steps(149);
  expect(bench.shared.runtimeState).toBe(RuntimeState.idle);
  bench.steps(5);
  expect(bench.shared.runtimeState).toBe(RuntimeState.fault);
  expect(bench.rows().filter(([kind]) => kind === RecordKind.fault)[0][2]).toBe(Fault.noAnswer);
});

test("a robot that falls out of the connection while it is armed is armed when it is back, or given up", () => {
  const bench = new Bench(core);
  bench.robot.phase = RobotPhase.connecting;
  bench.shared.give(Order.arm);
  bench.steps(50);
  expect(bench.shared.runtimeState).toBe(RuntimeState.idle);
  bench.robot.phase = RobotPhase.ready;
  bench.steps(4);
  expect(bench.shared.runtimeState).toBe(RuntimeState.armed);
  const lost = new Bench(core);
  lost.robot.phase = RobotPhase.connecting;
  lost.shared.give(Order.arm);
  lost.steps(155);
  expect(lost.shared.runtimeState).toBe(RuntimeState.fault);
});

test("a car that rolls on is disarmed after three seconds, one that stands after a fifth", () => {
  for (const [speed, steps] of [
    [1, 150],
    [0, 10],
  ] as const) {
    const bench = new Bench(core);
    bench.drive(10);
    bench.robot.reading.state[2] = speed;
    bench.shared.give(Order.finish);
    bench.steps(steps);
    expect(bench.shared.runtimeState).toBe(RuntimeState.stopping);
    bench.steps(3);
    expect(bench.shared.runtimeState).toBe(RuntimeState.idle);
  }
});

test("a reader that does not keep up stops the drive, and nothing of it is lost", () => {
  const bench = new Bench(core);
  bench.drive(10);
  bench.robot.reading.state[2] = 0.4; // slower than what must be seen to move
  bench.steps(10_000);
  expect(bench.shared.runtimeState).toBe(RuntimeState.fault);
  const rows = bench.rows();
  const steps = rows.filter(([kind]) => kind === RecordKind.step).map(([, time = 0]) => Math.round(time / DT));
  expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => i));
  expect(steps.length).toBeGreaterThan(2000);
  expect(rows.filter(([kind]) => kind === RecordKind.fault)[0][2]).toBe(Fault.recorder);
  expect(rows.at(-1)?.[0]).toBe(RecordKind.state);
});

test("quitting while it drives stops first", () => {
  const bench = new Bench(core);
  bench.drive(10);
  bench.shared.give(Order.quit);
  expect(bench.steps(200)).toBe(false);
  expect(bench.shared.runtimeState).toBe(RuntimeState.idle);
  expect(bench.robot.phase).toBe(RobotPhase.ready);
});

test("new parameters act from the next network call on", () => {
  const bench = new Bench(core);
  bench.drive(3);
  const parameters = new Float64Array(core.parameterCount()).fill(0.3);
  bench.shared.giveParameters(parameters, handedOver(core));
  bench.steps(12);
  const outputs = bench
    .rows()
    .filter(([kind]) => kind === RecordKind.call)
    .map((row) => row[6]);
  expect(outputs[0]).toBe(0);
  expect(Math.abs(outputs[1])).toBeGreaterThan(0.01);
});
