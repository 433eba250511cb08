/** What every robot does, whatever carries its bytes; src/links/robot.ts says it in words. */
import { describe, expect } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { RobotPhase } from "../../src/links/robot.js";
import { during, expectCommand, expectNeutral, expectRest, HARSH, limited } from "./expectations.js";
import { drive, getArmed, getReady, type LinkHarness, PERIOD, type RunningRobot, step } from "./harness.js";

export function contractOf(name: string, { test, robot: kind }: LinkHarness): void {
  const { gentle, accuracy } = kind;

  const speed = ({ truth }: RunningRobot) => truth[2];
  const heading = ({ truth }: RunningRobot) => truth[3];
  const state = (harness: RunningRobot) => {
    const at = new Float64Array(4);
    harness.robot.stateAt(harness.now(), at);
    return at;
  };
  describe(`robot: ${name}`, () => {
    test("is connecting until it is heard, then ready, and moves at neither", async () => {
      const harness = await kind.start();
      const { robot } = harness;
      harness.silence(true);
      await drive(harness, 0.6, gentle);
      expect(robot.phase).toBe(RobotPhase.connecting);
      expect(robot.reading.time).toBe(Number.NEGATIVE_INFINITY);
      robot.arm(harness.now());
      expect(robot.phase).toBe(RobotPhase.connecting);
      harness.silence(false);
      await getReady(harness);
      expect(robot.takeFault()).toBe(Fault.none);
      expectNeutral(await during(harness, () => drive(harness, 0.5, gentle)));
      expectRest(harness);
      expect(robot.phase).toBe(RobotPhase.ready);
    });

    test("only heard, it measures without being sent anything but questions", async () => {
      const harness = await kind.start();
      const { robot, port, commands } = harness;
      robot.listen();
      for (let i = 0; i < 250 && !(robot.phase === RobotPhase.ready && Number.isFinite(robot.reading.time)); i++) {
        await harness.pass(PERIOD);
        robot.receive(harness.now());
        if (kind.isAsked) await harness.flush();
      }
      expect([robot.phase, robot.takeFault()]).toStrictEqual([RobotPhase.ready, Fault.none]);
      expect(harness.now() - robot.reading.time).toBeLessThan(0.1);
      expect(commands).toStrictEqual([]);
      expect(port?.takeSent().length ?? 0).toBe(0);
    });

    test("armed it follows: forward is a positive speed, left a positive yaw, both as measured", async () => {
      const harness = await kind.start();
      await getArmed(harness);
      const commands = await during(harness, () => drive(harness, 0.6, gentle));
      expect(commands).toHaveLength(30);
      for (const command of commands) expectCommand(kind, command, gentle);
      expect(speed(harness)).toBeGreaterThan(0.2);
      const [before, truth] = [state(harness), harness.truth.slice()];
      expect(Math.abs(before[2] - speed(harness))).toBeLessThan(accuracy.v);
      await drive(harness, 0.6, gentle);
      const after = state(harness);
      const turned = heading(harness) - truth[3];
      expect(turned).toBeGreaterThan(0.1);
      expect(Math.abs(after[3] - before[3] - turned)).toBeLessThan(accuracy.yaw);
      // what is measured from outside does not drift
      expect(harness.robot.reading.uncertainty > 0).toBe(kind.isFiltered ?? kind.placeable);
    });

    if (kind.placeable)
      test("counts its state from where it is placed, in the direction that it is placed in", async () => {
        const harness = await kind.start();
        await getArmed(harness);
        const [x0, y0, phi0] = [3, -2, 1];
        harness.robot.place(Float64Array.of(x0, y0, 0, phi0));
        expect(Array.from(state(harness))).toEqual([x0, y0, 0, phi0]);
        expect(harness.robot.reading.uncertainty).toBe(0);
        const truth = harness.truth.slice();
        await drive(harness, 0.6, gentle);
        // the true path, turned from where it truly began to where it was placed
        const [dx = 0, dy = 0] = [0, 1].map((i) => harness.truth[i] - truth[i]);
        const turn = phi0 - truth[3];
        const [x = 0, y = 0] = [
          x0 + Math.cos(turn) * dx - Math.sin(turn) * dy,
          y0 + Math.sin(turn) * dx + Math.cos(turn) * dy,
        ];
        const at = state(harness);
        expect(Math.hypot(dx, dy)).toBeGreaterThan(0.1);
        expect(Math.hypot(at[0] - x, at[1] - y)).toBeLessThan(accuracy.position);
      });

    test("its state ages when nothing arrives, is never of the future, and is carried forward", async () => {
      const harness = await kind.start();
      const { robot } = harness;
      await getArmed(harness);
      for (let i = 0; i < 30; i++) {
        await step(harness, gentle);
        const age = harness.now() - robot.reading.time;
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThan(0.05);
        expect(robot.reading.heard).toBeLessThanOrEqual(harness.now());
      }
      const [{ time }, v] = [{ ...robot.reading }, robot.reading.state[2]];
      const begin = state(harness);
      harness.silence(true);
      await drive(harness, 0.1, gentle);
      expect(robot.reading.time).toBe(time);
      const end = state(harness);
      const [dx, dy] = [0, 1].map((i) => end[i] - begin[i]);
      expect(Math.hypot(dx ?? Number.NaN, dy ?? 0) / 0.1).toBeCloseTo(v, 3);
      expect(end[3]).toBeGreaterThan(begin[3]);
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
      expect(harness.robot.phase).toBe(RobotPhase.ready);
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
          expectCommand(kind, command, limited(kind, input));
        }
    });

    test("a host that pauses: what the board demands, is demanded", async () => {
      const harness = await kind.start();
      const { robot } = harness;
      await getArmed(harness);
      await drive(harness, 0.3, gentle);
      const last = harness.now();
      await harness.pass(0.4);
      const commands = await during(harness, () => drive(harness, 0.6, gentle));
      if (kind.stopsWith === Fault.none) {
        expect(robot.phase).toBe(RobotPhase.armed);
        expectCommand(kind, commands.at(-1), gentle);
        return;
      }
      expect(robot.phase).toBe(RobotPhase.ready);
      expect(robot.takeFault()).toBe(kind.stopsWith);
      expect(robot.followedUntil).toBe(last);
      expect(robot.takeFault()).toBe(Fault.none);
      expectNeutral(commands.slice(5)); // the first steps learn of it
      expectRest(harness);
      await getArmed(harness);
      await drive(harness, 0.6, gentle);
      expect(speed(harness)).toBeGreaterThan(0.2);
    });
  });
}
