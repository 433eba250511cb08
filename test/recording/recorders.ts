/**
 * Recorders for tests: a known drive given step by step, and disks that fail or stall. Also for processes without Jest.
 */
import { open } from "node:fs/promises";
import type { Recording } from "../../src/recording/recording.js";
import type { DriveInfo, DriveRecorder } from "../../src/recording/stream.js";
import type { QueueFile } from "../../src/recording/write-queue.js";

export const BEGAN = new Date("2026-03-01T12:34:56.789Z");

export function infoOf({ info: { task, rollout, timing, startTime, columns }, paces }: Recording): DriveInfo {
  return {
    drive: rollout,
    began: BEGAN,
    task,
    timing,
    startTime,
    columns,
    widths: { paces: paces.length > 0 ? 1 : 0 },
  };
}

/**
 * Gives step `i`; before it the network call that it follows, and before every third of those an event, if there is
 * one.
 */
export function recordStep(recorder: DriveRecorder, drive: Recording, i: number): void {
  const row = (values: Float64Array, index: number, rows: number) =>
    values.subarray((index * values.length) / rows, ((index + 1) * values.length) / rows);
  const steps = drive.times.length;
  const segments = drive.segmentTimes.length;
  const j = drive.segmentStarts.indexOf(i);
  if (j >= 0) {
    const event = drive.events[j / 3];
    if (event) recorder.event(event);
    recorder.segment({
      time: drive.times[i],
      firstStep: drive.segmentStarts[j],
      taskTime: drive.segmentTimes[j],
      state: row(drive.segmentStates, j, segments),
      outputs: row(drive.outputs, j, segments),
      setpoint: row(drive.setpoints, j, segments),
      gains: row(drive.gains, j, segments),
    });
  }
  recorder.step({
    time: drive.times[i],
    state: row(drive.states, i, steps),
    input: row(drive.inputs, i, steps),
    reference: row(drive.references, i, steps),
    residuals: row(drive.residuals, i, steps),
    cost: drive.costs[i],
    pace: drive.paces.length > 0 ? drive.paces[i] : undefined,
  });
}

export function recordSteps(recorder: DriveRecorder, drive: Recording, from = 0, to = drive.times.length): void {
  for (let i = from; i < to; i++) recordStep(recorder, drive, i);
}

/** A real file whose disk does what a test wants. */
export interface TestDisk {
  /** bytes that still fit; the write that goes beyond them writes what fits and fails */
  room: number;
  /** code of the failure */
  code: string;
  /** writes wait for this */
  stall: Promise<void>;
  /** flushes wait for this */
  syncStall: Promise<void>;
  /** the next flush fails */
  isSyncBroken: boolean;
  syncs: number;
  readonly open: (path: string) => Promise<QueueFile>;
}

export function testDisk(change: Partial<Pick<TestDisk, "room" | "code" | "stall" | "syncStall">> = {}): TestDisk {
  const disk: TestDisk = {
    room: Infinity,
    code: "ENOSPC",
    stall: Promise.resolve(),
    syncStall: Promise.resolve(),
    isSyncBroken: false,
    syncs: 0,
    ...change,
    open: async (path) => {
      const file = await open(path, "wx");
      const fail = () => Promise.reject(Object.assign(new Error(disk.code), { code: disk.code }));
      return {
        writeFile: async (data) => {
          await disk.stall;
          if (!(data instanceof Uint8Array)) throw new Error("only bytes are written");
          const fitting = Math.min(data.length, disk.room);
          await file.writeFile(data.subarray(0, fitting));
          disk.room -= fitting;
          if (fitting < data.length) await fail();
        },
        datasync: async () => {
          await disk.syncStall;
          if (disk.isSyncBroken) await fail();
          disk.syncs++;
        },
        truncate: (length) => file.truncate(length),
        stat: file.stat.bind(file),
        close: () => file.close(),
      };
    },
  };
  return disk;
}
