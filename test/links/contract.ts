/** What every robot does, whatever carries its bytes; src/links/robot.ts says it in words. */
import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { Fault } from "../../src/links/faults.js";
import { Phase } from "../../src/links/robot.js";
import { drive, getArmed, getReady, type Harness, type Kind, step } from "./harnesses.js";

/** At rest: a pulse that is 1 µs beside neutral creeps by less. */
const expectRest = ({ truth }: Harness) => expect(Math.abs(truth[2] ?? Number.NaN)).toBeLessThan(0.01);

const HARSH = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e300, 1e-300, -0];

export function contractOf(kind: Kind): void {
  const { test, limits, gentle, resolution, accuracy } = kind;

  /** What reached the wire while something was done. */
  const during = async (harness: Harness, act: () => Promise<void>): Promise<number[][]> => {
    const before = harness.commands.length;
    await act();
    return harness.commands.slice(before);
  };
  const speed = ({ truth }: Harness) => truth[2] ?? Number.NaN;
  const heading = ({ truth }: Harness) => truth[3] ?? Number.NaN;
  const state = (harness: Harness) => {
    const at = new Float64Array(4);
    harness.robot.stateAt(harness.now(), at);
    return at;
  };
  const expectNeutral = (commands: readonly number[][]) => {
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) expect(command.map(Math.abs)).toEqual([0, 0]);
  };
  /** What must be on the wire when the robot is armed and told `input`. */
  const expected = (input: readonly number[]) =>
    input.every(Number.isFinite)
      ? input.map((value, i) => Math.max(-(limits[i] ?? 0), Math.min(limits[i] ?? 0, value)))
      : [0, 0];
  const expectCommand = (command: readonly number[] | undefined, wanted: readonly number[]) =>
    wanted.forEach((value, i) => {
      expect(Math.abs((command?.[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(0.5 * resolution + 1e-12);
    });

  describe(`robot: ${kind.name}`, () => {
    test("is connecting until it is heard, then ready, and moves at neither", async () => {
      const harness = await kind.start();
      const { robot } = harness;
      harness.silence(true);
      await drive(harness, 1, gentle);
      expect(robot.phase).toBe(Phase.connecting);
      expect(robot.reading.time).toBe(Number.NEGATIVE_INFINITY);
      robot.arm(harness.now());
      expect(robot.phase).toBe(Phase.connecting);
      harness.silence(false);
      await getReady(harness);
      expect(robot.takeFault()).toBe(Fault.none);
      expectNeutral(await during(harness, () => drive(harness, 0.5, gentle)));
      expectRest(harness);
      expect(robot.phase).toBe(Phase.ready);
    });

    test("armed it follows: forward is a positive speed, left a positive yaw, both as measured", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      const commands = await during(harness, () => drive(harness, 1, gentle));
      expect(commands).toHaveLength(50);
      for (const command of commands) expectCommand(command, gentle);
      expect(speed(harness)).toBeGreaterThan(0.2);
      const [before, truth] = [state(harness), harness.truth.slice()];
      expect(Math.abs((before[2] ?? Number.NaN) - speed(harness))).toBeLessThan(accuracy.v);
      await drive(harness, 1, gentle);
      const after = state(harness);
      const turned = heading(harness) - (truth[3] ?? 0);
      expect(turned).toBeGreaterThan(0.1);
      expect(Math.abs((after[3] ?? Number.NaN) - (before[3] ?? 0) - turned)).toBeLessThan(accuracy.yaw);
      expect(harness.robot.reading.uncertainty).toBeGreaterThan(0);
    });

    test("counts its state from where it is placed, in the direction that it is placed in", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      const [x0, y0, phi0] = [3, -2, 1];
      harness.robot.place(Float64Array.of(x0, y0, 0, phi0));
      expect(Array.from(state(harness))).toEqual([x0, y0, 0, phi0]);
      expect(harness.robot.reading.uncertainty).toBe(0);
      const truth = harness.truth.slice();
      await drive(harness, 1, gentle);
      // the true way, turned from where it truly began to where it was placed
      const [dx = 0, dy = 0] = [0, 1].map((i) => (harness.truth[i] ?? 0) - (truth[i] ?? 0));
      const turn = phi0 - (truth[3] ?? 0);
      const [x = 0, y = 0] = [
        x0 + Math.cos(turn) * dx - Math.sin(turn) * dy,
        y0 + Math.sin(turn) * dx + Math.cos(turn) * dy,
      ];
      const at = state(harness);
      expect(Math.hypot(dx, dy)).toBeGreaterThan(0.1);
      expect(Math.hypot((at[0] ?? Number.NaN) - x, (at[1] ?? 0) - y)).toBeLessThan(accuracy.position);
    });

    test("its state ages when nothing arrives, is never of the future, and is carried forward", async () => {
      const harness = await kind.start();
      const { robot } = harness;
      await getArmed(harness);
      for (let i = 0; i < 50; i++) {
        await step(harness, gentle);
        const age = harness.now() - robot.reading.time;
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThan(0.05);
        expect(robot.reading.heard).toBeLessThanOrEqual(harness.now());
      }
      const [{ time }, v] = [{ ...robot.reading }, robot.reading.state[2] ?? Number.NaN];
      const begin = state(harness);
      harness.silence(true);
      await drive(harness, 0.1, gentle);
      expect(robot.reading.time).toBe(time);
      const end = state(harness);
      const [dx, dy] = [0, 1].map((i) => (end[i] ?? 0) - (begin[i] ?? 0));
      expect(Math.hypot(dx ?? Number.NaN, dy ?? 0) / 0.1).toBeCloseTo(v, 3);
      expect(end[3]).toBeGreaterThan(begin[3] ?? Number.NaN);
    });

    test("neutral brings it to rest, disarming at once, and then it follows nothing", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      await drive(harness, 0.6, gentle);
      await drive(harness, 0.6);
      expectRest(harness);
      await drive(harness, 0.6, gentle);
      expect(speed(harness)).toBeGreaterThan(0.2);
      harness.robot.disarm(harness.now());
      await harness.flush();
      expect(harness.robot.phase).toBe(Phase.ready);
      expectNeutral(await during(harness, () => drive(harness, 0.6, gentle)));
      expectRest(harness);
    });

    test("holds commands at its limits, and takes what is no number for neutral as a whole", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      for (const value of HARSH)
        for (const input of [
          [value, 0.1],
          [0.1, value],
        ]) {
          const [command] = await during(harness, () => step(harness, input));
          expectCommand(command, expected(input));
        }
    });

    test("a host that pauses: what the board demands, is demanded", async () => {
      const harness = await kind.start();
      const { robot } = harness;
      await getArmed(harness);
      await drive(harness, 0.5, gentle);
      await harness.pass(0.4);
      const commands = await during(harness, () => drive(harness, 1, gentle));
      if (!kind.rearms) {
        expect(robot.phase).toBe(Phase.armed);
        expectCommand(commands.at(-1), gentle);
        return;
      }
      expect(robot.phase).toBe(Phase.ready);
      expect(robot.takeFault()).toBe(Fault.boardTimeout);
      expect(robot.takeFault()).toBe(Fault.none);
      expectNeutral(commands.slice(5)); // the first steps learn of it
      expectRest(harness);
      await getArmed(harness);
      await drive(harness, 1, gentle);
      expect(speed(harness)).toBeGreaterThan(0.2);
    });
  });
}

/** What robots with a line do beside it. */
export function lineContractOf(kind: Kind): void {
  const { test, limits, gentle, resolution } = kind;

  describe(`robot on a line: ${kind.name}`, () => {
    test("survives cut, repeated and garbled bytes, and goes on with the next good ones", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      const { robot, port } = harness;
      if (!port) throw new Error("it has no line");
      const lines = [
        (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2),
        (bytes: Uint8Array) => Buffer.concat([bytes, bytes]),
        (bytes: Uint8Array) => bytes.map((byte, i) => (i % 7 === 3 ? byte ^ 0x10 : byte)),
        (bytes: Uint8Array) =>
          Buffer.concat([Uint8Array.of(0xaa, 0x55, 0, 0xaa), bytes, Uint8Array.of(0xaa, 0x55, 0x2d, 1)]),
      ];
      for (const line of lines) {
        port.line = line;
        await drive(harness, 0.16, gentle);
        port.line = undefined;
        await drive(harness, 0.5, gentle);
        expect(robot.takeFault()).toBe(Fault.none);
        expect(robot.phase).toBe(Phase.armed);
        expect(harness.now() - robot.reading.time).toBeLessThan(0.05);
        expect(Math.abs((robot.reading.state[2] ?? Number.NaN) - (harness.truth[2] ?? 0))).toBeLessThan(0.1);
      }
    });

    test("neither a port that reads nonsense nor one that refuses to write stops a step", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      const { robot, port } = harness;
      if (!port) throw new Error("it has no line");
      for (const nonsense of [-1, Number.NaN, 1e9, Number.POSITIVE_INFINITY, 0.5]) {
        port.nonsense = nonsense;
        await drive(harness, 0.06, gentle);
      }
      port.nonsense = 4096; // a full buffer, again and again
      robot.receive(harness.now());
      port.nonsense = undefined;
      port.refuses = true;
      await drive(harness, 0.06, gentle);
      port.refuses = false;
      await drive(harness, 0.5, gentle);
      expect(robot.phase).toBe(Phase.armed);
      expect(harness.now() - robot.reading.time).toBeLessThan(0.05);
    });

    test("a board that starts anew is noticed, and the robot follows nothing before it is armed again", async () => {
      const harness = await kind.start();
      const { robot } = harness;
      await getArmed(harness);
      await drive(harness, 1.5, gentle);
      await harness.restart?.();
      let fault = Fault.none;
      for (let i = 0; i < 50 && fault === Fault.none; i++) {
        await step(harness, gentle);
        fault = robot.takeFault();
      }
      expect(fault).toBe(Fault.boardReset);
      expect(robot.phase).not.toBe(Phase.armed);
      const at = new Float64Array(4);
      robot.stateAt(harness.now(), at);
      expect(at.every(Number.isFinite)).toBe(true);
      const before = harness.commands.length;
      await drive(harness, 3, gentle);
      for (const command of harness.commands.slice(before)) expect(command.map(Math.abs)).toEqual([0, 0]);
      expectRest(harness);
      await getArmed(harness);
      await drive(harness, 1, gentle);
      expect(harness.truth[2]).toBeGreaterThan(0.2);
    });

    test("whatever bytes arrive and whatever is commanded, the wire has neutral or a command within limits", async () => {
      const harness = await kind.start();
      const { robot, port } = harness;
      if (!port) throw new Error("it has no line");
      await getReady(harness);
      const number = fc.oneof(fc.double(), fc.constantFrom(...HARSH), fc.double({ min: -1, max: 1, noNaN: true }));
      const event = fc.record({
        bytes: fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constantFrom([0xaa, 0x55, 0x2d, 1], [0, 0, 0])),
        input: fc.tuple(number, number),
        order: fc.integer({ min: 0, max: 39 }),
      });
      const checked = { armed: 0 };
      const property = fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        for (const { bytes, input, order } of events) {
          if (order === 0) robot.disarm(harness.now());
          else if (order < 10) robot.arm(harness.now());
          port.arrive(Uint8Array.from(bytes));
          await harness.flush();
          const before = harness.commands.length;
          await step(harness, input);
          const follows = robot.phase === Phase.armed && input.every(Number.isFinite);
          if (follows) checked.armed++;
          for (const command of harness.commands.slice(before))
            input.forEach((value, i) => {
              const limit = limits[i] ?? 0;
              const wanted = follows ? Math.max(-limit, Math.min(limit, value)) : 0;
              expect(Math.abs((command[i] ?? Number.NaN) - wanted)).toBeLessThanOrEqual(0.5 * resolution + 1e-12);
            });
          expect(robot.reading.state.every(Number.isFinite)).toBe(true);
          expect(robot.reading.time).toBeLessThanOrEqual(harness.now());
        }
      });
      await fc.assert(property, { seed: 1, numRuns: 40 });
      expect(checked.armed).toBeGreaterThan(10);
    });
  });
}
