/** Known drives, and what is read of them. */
import { expect } from "@jest/globals";
import type { DriveEvent } from "../../src/recording/events.js";
import type { Recording } from "../../src/recording/recording.js";
import { BEGAN } from "./recorders.js";
import { carRecording, expectPrefix, SEGMENT_ARRAYS, STEP_ARRAYS } from "./samples.js";

/** A drive with an event in every third segment. */
export function carDrive(segments: number): Recording {
  const recording = carRecording(segments);
  const levels = ["info", "warning"] as const;
  const events = Array.from({ length: Math.ceil(segments / 3) }, (_, i): DriveEvent => {
    return {
      time: Math.round(recording.times[21 * i] * 1e9) / 1e9,
      level: levels[i % 2],
      name: `e${i}`,
      message: `"${i}"\n`,
    };
  });
  const info = { ...recording.info, timing: "hardware" as const, began: BEGAN.toISOString() };
  return { ...recording, info, finalState: new Float64Array(), events };
}

/** Fails unless `part` is the beginning of `drive`, bit for bit, with rows of one length in all its arrays. */
export function expectBeginning(part: Recording, drive: Recording): void {
  for (const name of [...STEP_ARRAYS, ...SEGMENT_ARRAYS] as const) expectPrefix(part[name], drive[name], name);
  expect(drive.events.slice(0, part.events.length)).toEqual(part.events);
  const rows = (name: keyof typeof part & (typeof STEP_ARRAYS | typeof SEGMENT_ARRAYS)[number], like: string) =>
    part[name].length / (drive[name].length / drive[like === "step" ? "times" : "segmentTimes"].length);
  for (const name of STEP_ARRAYS) expect(`${name} ${rows(name, "step")}`).toBe(`${name} ${part.times.length}`);
  for (const name of SEGMENT_ARRAYS)
    expect(`${name} ${rows(name, "segment")}`).toBe(`${name} ${part.segmentTimes.length}`);
  const starts = [...part.segmentStarts];
  expect(starts.every((start) => start <= part.times.length)).toBe(true);
}
