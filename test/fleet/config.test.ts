/** What robots that are to learn together may be: each refusal is one sentence with what to do. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fleetConfigs } from "../../src/fleet/config.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-fleet-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Files of settings, called a, b, …; their paths. */
async function files(...texts: readonly string[]): Promise<string[]> {
  const paths = texts.map((_, i) => join(folder, `${"abc"[i]}.yaml`));
  for (const [i, text] of texts.entries()) await writeFile(paths[i], text.replaceAll("; ", "\n"));
  return paths;
}

test("a short form multiplies what the plant has, and each has a seed of its own", async () => {
  const [heavy, other] = await fleetConfigs(["heavy:mass=1.2,delay=0.08", "other"], {
    plant: "single-track",
    seed: 5,
  });
  expect(heavy.name).toBe("heavy");
  expect(heavy.config.parameters.plant.mass).toBeCloseTo(1.2 * 1.58, 12);
  expect(heavy.config["plant-delay"]).toStrictEqual([0.08]);
  expect([heavy.config.seed, other.config.seed]).toStrictEqual([5, 6]);
  expect(other.config.parameters).toStrictEqual({});
});

const POSE = 'pose: natnet; pose-name: "';
test.each([
  [["task: car-figure8", "task: quadruped-figure8"], /robots a and b differ in task .*give both the same/],
  [
    [`link: vesc; device: /dev/ttyACM0; ${POSE}1"`, `link: vesc; device: /dev/ttyACM0; ${POSE}2"`],
    /robots a and b have the same port \/dev\/ttyACM0: give each its own/,
  ],
  [
    [`link: serial; device: /dev/a; ${POSE}1"`, "link: serial; device: /dev/b"],
    /robot b has no pose from outside.*min-distance 0/,
  ],
  [
    [`link: serial; device: /dev/a; ${POSE}1"`, `link: serial; device: /dev/b; ${POSE}1"`],
    /the same pose natnet of object "1"/,
  ],
  [["link: ros2", "link: ros2"], /the same topic \S+ in the ROS domain/],
  [["link: sim", `link: serial; device: /dev/b; ${POSE}1"`], /simulated robots drive in another time/],
  [["update: adam", "update: adam"], /update adam learns from one robot/],
  [["update-every: lap", "update-every: lap"], /a number of segments below a lap/],
])("%j is refused", async (texts, why) => {
  await expect(fleetConfigs(await files(...texts), {})).rejects.toThrow(why);
});

test.each([
  [["a:mass=1"], {}, /--robot is given once/],
  [["a:mass", "b"], {}, /allowed is a YAML file, or name:parameter=factor/],
  [["a:weight=1", "b"], { plant: "single-track" }, /plant single-track has no "weight"; it has: mass,/],
  [["a", "a"], {}, /robots a and a have the same name a/],
])("%j is refused", async (texts, given, why) => {
  await expect(fleetConfigs(texts, given)).rejects.toThrow(why);
});
