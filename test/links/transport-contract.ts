/** What robots with a transport do beside what all robots do. */
import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { Fault } from "../../src/links/faults.js";
import { RobotPhase } from "../../src/links/robot.js";
import { during, expectCommand, expectRest, HARSH, limited } from "./expectations.js";
import { drive, getArmed, getReady, type LinkHarness, step } from "./harness.js";

export function transportContractOf(name: string, { test, robot: kind }: LinkHarness): void {
  const { gentle } = kind;

  describe(`robot on a transport: ${name}`, () => {
    test("survives cut, repeated and garbled bytes, and goes on with the next good ones", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      const { robot, port } = harness;
      if (!port) throw new Error("it has no transport");
      const lines = [
        (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2),
        (bytes: Uint8Array) => Buffer.concat([bytes, bytes]),
        (bytes: Uint8Array) => bytes.map((byte, i) => (i % 7 === 3 ? byte ^ 0x10 : byte)),
        (bytes: Uint8Array) =>
          Buffer.concat([Uint8Array.of(0xaa, 0x55, 0, 0xaa), bytes, Uint8Array.of(0xaa, 0x55, 0x2d, 1)]),
      ];
      for (const line of lines) {
        port.tamperIn = line;
        await drive(harness, 0.16, gentle);
        port.tamperIn = (bytes) => bytes;
        await drive(harness, 0.3, gentle);
        expect(robot.takeFault()).toBe(Fault.none);
        expect(robot.phase).toBe(RobotPhase.armed);
        expect(harness.now() - robot.reading.time).toBeLessThan(0.05);
        expect(Math.abs(robot.reading.state[2] - harness.truth[2])).toBeLessThan(0.1);
      }
    });

    test("neither a port that reads nonsense nor one that refuses to write stops a step", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      const { robot, port } = harness;
      if (!port) throw new Error("it has no transport");
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
      expect(robot.phase).toBe(RobotPhase.armed);
      expect(harness.now() - robot.reading.time).toBeLessThan(0.05);
    });

    test("a board that starts anew is noticed, and the robot follows nothing before it is armed again", async () => {
      const harness = await kind.start();
      const { robot } = harness;
      await getArmed(harness);
      await drive(harness, 0.8, gentle);
      await harness.restart?.();
      let fault = Fault.none;
      for (let i = 0; i < 50 && fault === Fault.none; i++) {
        await step(harness, gentle);
        fault = robot.takeFault();
      }
      expect(fault).toBe(Fault.boardReset);
      expect(robot.phase).not.toBe(RobotPhase.armed);
      const at = new Float64Array(4);
      robot.stateAt(harness.now(), at);
      expect(at.every(Number.isFinite)).toBe(true);
      // a board of ours does not even listen while it is asked anew
      const commands = await during(harness, () => drive(harness, 0.6, gentle));
      for (const command of commands) expect(command.map(Math.abs)).toEqual([0, 0]);
      expectRest(harness);
      await getArmed(harness);
      await drive(harness, 0.6, gentle);
      expect(harness.truth[2]).toBeGreaterThan(0.2);
    });

    test("whatever arrives and is commanded, the wire has neutral or a command within limits", async () => {
      const harness = await kind.start();
      const { robot, port } = harness;
      if (!port) throw new Error("it has no transport");
      await getReady(harness);
      const number = fc.oneof(fc.double(), fc.constantFrom(...HARSH), fc.double({ min: -1, max: 1, noNaN: true }));
      const event = fc.record({
        bytes: fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constantFrom([0xaa, 0x55, 0x2d, 1], [0, 0, 0])),
        input: fc.tuple(number, number),
        order: fc.integer({ min: 0, max: 39 }),
      });
      let armed = 0;
      const property = fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        for (const { bytes, input, order } of events) {
          if (order === 0) robot.disarm(harness.now());
          else if (order < 10) robot.arm(harness.now());
          port.arrive(Uint8Array.from(bytes));
          await harness.flush();
          const commands = await during(harness, () => step(harness, input));
          const follows = robot.phase === RobotPhase.armed;
          if (follows) armed++;
          for (const command of commands) expectCommand(kind, command, follows ? limited(kind, input) : [0, 0]);
          expect(robot.reading.state.every(Number.isFinite)).toBe(true);
          expect(robot.reading.time).toBeLessThanOrEqual(harness.now());
        }
      });
      await fc.assert(property, { seed: 1, numRuns: 40 });
      expect(armed).toBeGreaterThan(10);
    });
  });
}
