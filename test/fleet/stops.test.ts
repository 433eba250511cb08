/** What stops one robot of several, or all: their distance, the person who watches, and a fault of one. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import { FleetOperator } from "../../src/cli/fleet-operator.js";
import { newReading } from "../../src/links/robot.js";
import { Floor, newFloor } from "../../src/runtime/floor.js";
import { linkTo } from "../in-the-loop/robot.js";
import { VirtualHost } from "../in-the-loop/virtual-host.js";
import { ELECTRICAL_TRAVEL, FakeVesc } from "../support/fake-vesc.js";
import { Captured, metricsOf, newFolder } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test("robots know their distance on the floor, whatever the frames of their tracks, and both are told", () => {
  const buffer = newFloor(3);
  const at = (index: number, frame: { x: number; y: number; angle: number }) => new Floor({ buffer, index, frame });
  const one = at(0, { x: 0, y: 0, angle: 0 });
  // its track begins 2 m along the floor's x and looks along y
  const two = at(1, { x: 0, y: 2, angle: -Math.PI / 2 });
  const measured = (x: number, y: number) => ({ ...newReading(4, 2), time: 0, state: Float64Array.of(x, y, 0, 0) });
  one.tell(measured(0, 0));
  expect(one.nearest(0.5)).toBeNaN(); // nobody else was measured
  two.tell(newReading(4, 2));
  expect(one.nearest(0.5)).toBeNaN();
  two.tell(measured(0, 2)); // the origin of the floor
  expect(one.nearest(0.5)).toBeCloseTo(0, 12);
  two.tell(measured(0, 1)); // one metre along x
  expect(one.nearest(0.5)).toBeCloseTo(1, 12);
  expect(two.nearest(0.5)).toBeCloseTo(0, 12); // as the other one found it, which stopped for it
  two.begin();
  expect(two.nearest(0.5)).toBeCloseTo(1, 12);
});

test("one question before all begin, one heartbeat for all, and without a terminal nobody comes back", async () => {
  const questions: string[] = [];
  let pressed = true;
  let rests = 0;
  const base = {
    signal: new AbortController().signal,
    say: () => {},
    confirm: async (question: string) => questions.push(question) > 0,
    takeHeartbeat: () => pressed,
    atRest: () => rests++,
  };
  const fleet = new FleetOperator(base, ["a", "b"], false);
  const [a, b] = ["a", "b"].map((name) => fleet.for(name, base.signal));
  const first = a.confirm("here");
  expect(questions).toStrictEqual([]); // b has not asked yet
  expect(await Promise.all([first, b.confirm("there")])).toStrictEqual([true, true]);
  expect(questions).toStrictEqual(["a: here\nb: there"]);
  expect(a.takeHeartbeat()).toBe(true);
  pressed = false;
  expect([a.takeHeartbeat(), b.takeHeartbeat(), b.takeHeartbeat()]).toStrictEqual([false, true, false]);
  expect(await a.confirm("again")).toBe(false);
  a.atRest?.();
  expect(rests).toBe(0);
  b.atRest?.();
  expect(rests).toBe(1);
});

test("a VESC that falls silent leaves the other one learning to its last lap", async () => {
  const given = { plant: "identified", hidden: [8], seed: 70003, "min-distance": 0 };
  const robots: string[] = [];
  for (const name of ["a", "b"]) {
    robots.push(join(folder, `${name}.yaml`));
    await writeFile(robots[robots.length - 1], `device: /dev/${name}\n`);
  }
  const output = new Captured();
  const out = join(folder, "both");
  const settings = { ...given, link: "vesc", "wheel-travel": ELECTRICAL_TRAVEL } as const;
  const stopped: number[] = [];
  await trainCommand.run(
    { given: settings, robot: robots, laps: 2, out, arm: true },
    output,
    async (config, context) => {
      const fake = await FakeVesc.make(given, { seed: config.seed });
      const host = new VirtualHost(config, fake, fake, context.parameters);
      if (config.device === "/dev/b")
        host.before = (now) => {
          if (now > 9) fake.talks = false;
          if (now > 9) stopped.push(fake.state[2]);
          return undefined;
        };
      return linkTo(host, config, context, () => fake.put());
    },
  );
  const [a, b] = await Promise.all(["a", "b"].map((name) => metricsOf(join(out, "robots", name))));
  expect(a.map(({ windowCost }) => Number.isFinite(windowCost))).toStrictEqual([true, true]);
  expect(a[1].windowCost).toBeLessThan(0.5 * a[0].windowCost);
  expect(Number.isFinite(b.at(-1)?.windowCost)).toBe(false);
  expect(output.lines.join("\n")).toMatch(/b left the others driving: nothing was heard from the robot/);
  expect(stopped.at(-1)).toBeLessThan(0.1); // it stands
});
