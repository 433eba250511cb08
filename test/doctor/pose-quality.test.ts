/** What `doctor --pose` says of poses that came: of those with errors that are known. */
import { expect, test } from "@jest/globals";
import { runCommand } from "../../src/cli/command.js";
import doctorCommand from "../../src/cli/commands/doctor.js";
import { type PoseRow, poseFindings } from "../../src/doctor/pose-quality.js";
import { uniformFrom } from "../../src/statistics.js";
import { Captured } from "../support/runs.js";
import { normalFrom } from "../support/sensed-drive.js";

interface Errors {
  readonly position?: number;
  readonly heading?: number;
  readonly lost?: number;
  readonly wrong?: number;
  readonly late?: number;
  readonly gap?: number;
  readonly rate?: number;
}

/** A car on a circle at 1 m/s, seen for 20 s. */
function seen({
  position = 0.005,
  heading = 0.01,
  lost = 0,
  wrong = 0,
  late = 0.05,
  gap = 0,
  rate = 30,
}: Errors): PoseRow[] {
  const [uniform, normal] = [uniformFrom(3), normalFrom(4)];
  const rows: PoseRow[] = [];
  for (let time = 0; time < 20; time += 1 / rate) {
    if (uniform() < lost || (time > 8 && time < 8 + gap)) continue;
    const by = uniform() < wrong ? 0.3 : 0;
    const [x, y] = [Math.cos(time) + position * normal() + by, Math.sin(time) + position * normal()];
    rows.push([time, time + late * (1 + uniform()), x, y, time + Math.PI / 2 + heading * normal()]);
  }
  return rows;
}

const of = (errors: Errors) => new Map(poseFindings(seen(errors), 20).map((finding) => [finding.name, finding]));
const numbersIn = (text: string | null | undefined) => (text ?? "").match(/[\d.]+/g)?.map(Number) ?? [];

test("good poses: their rate, and the noise as settings", () => {
  const found = of({});
  expect(numbersIn(found.get("rate")?.found)[0]).toBeCloseTo(30, 1);
  expect(found.get("loss")?.status).toBe("ok");
  const [mm, degrees] = numbersIn(found.get("noise")?.found);
  expect(Math.abs(mm / 5 - 1)).toBeLessThan(0.1);
  expect(Math.abs(degrees / 0.573 - 1)).toBeLessThan(0.1);
  expect(found.get("noise")?.remedy).toMatch(/^--pose-noise 0\.00[45]\d* --pose-heading-noise 0\.6$/);
  expect(found.get("outliers")?.status).toBe("ok");
  expect(found.has("headings")).toBe(false);
});

test("lost and wrong ones are counted", () => {
  const found = of({ lost: 0.2, wrong: 0.06 });
  expect(Math.abs(numbersIn(found.get("loss")?.found)[0] - 20)).toBeLessThan(5);
  expect(found.get("loss")?.status).toBe("note");
  expect(Math.abs(numbersIn(found.get("outliers")?.found)[0] - 6)).toBeLessThan(3);
  expect(found.get("outliers")?.status).toBe("problem");
});

test("a long gap, few poses, late ones, no times, headings that turn round", () => {
  expect(of({ gap: 1.5 }).get("loss")?.status).toBe("problem");
  expect(of({ rate: 5 }).get("rate")?.status).toBe("note");
  expect(of({ late: 0.3 }).get("times")?.status).toBe("note");
  expect(of({ late: 0 }).get("times")?.found).toContain("dated by their arrival");
  const turned = seen({}).map(
    (row, i): PoseRow => (i === 100 ? [row[0], row[1], row[2], row[3], row[4] + Math.PI] : row),
  );
  expect(poseFindings(turned, 20).find(({ name }) => name === "headings")?.status).toBe("problem");
  expect(poseFindings(seen({}).slice(0, 10), 20)[0].status).toBe("problem");
});

test("what is no source is refused before anything is listened to", async () => {
  const refused = (pose: string) => expect(runCommand(doctorCommand, { pose }, new Captured())).rejects;
  await refused("nobody").toThrow(/"pose" is "nobody"; allowed is one of .*udp/);
  await refused("udp=:70000").toThrow(/port 70000 in ":70000"; allowed is 1 to 65535/);
  await refused("").toThrow(/--pose names no source/);
});
