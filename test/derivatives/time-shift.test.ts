/** Laps whose states are now more and now less old: found by what inputs do, and taken out. */
import { expect, test } from "@jest/globals";
import { deviationOf, meanPathOf } from "../../src/derivatives/alignment.js";
import { estimateFrom, type ShakenLap } from "../../src/derivatives/estimate.js";
import { shakeInMemory } from "../../src/derivatives/in-memory.js";
import { remarksOn } from "../../src/derivatives/remarks.js";
import { shiftsOf } from "../../src/derivatives/time-shift.js";
import type { Recording } from "../../src/recording/recording.js";
import { normalFrom, uniformFrom } from "../../src/statistics.js";

/** The lap as it would have been recorded with states that are `lag` older [s], 0 or more. */
function lagging(recording: Recording, before: Recording, lag: number): Recording {
  const n = recording.info.columns.state.length;
  const shift = before.times.length;
  const period = recording.times[1] - recording.times[0];
  const end = before.times[shift - 1] + (before.times[shift - 1] - before.times[shift - 2] || period);
  const times = [...before.times, ...recording.times.map((time) => end + time)];
  const states = [...before.states, ...recording.states];
  const late = Float64Array.from(recording.states, (_, at) => {
    const [t, i] = [Math.floor(at / n) + shift, at % n];
    let k = t;
    while (times[k] > times[t] - lag) k--;
    const next = Math.min(k + 1, times.length - 1);
    const part = next === k ? 0 : (times[t] - lag - times[k]) / (times[next] - times[k]);
    return states[k * n + i] + part * (states[next * n + i] - states[k * n + i]);
  });
  return { ...recording, states: late };
}

const SHAKE = { groups: ["gains", "trims"], knots: 3, minutes: 3, bound: 0.25 } as const;
const DISTURBED = { "plant-noise": [0.002], "control-jitter": 0.005, seed: 8 };

test.each(["nominal", "identified"])("%s: laps whose poses are 0 to 60 ms old", async (plant) => {
  const made = await shakeInMemory({ plant, ...DISTURBED }, SHAKE);
  const { task } = made.core.setup;
  const normal = normalFrom(uniformFrom(2));
  const lags = made.laps.map(() => Math.max(0, Math.min(0.06, 0.03 + 0.015 * normal())));
  const late: ShakenLap[] = made.laps.map((lap, i) => ({
    ...lap,
    recording: lagging(lap.recording, lap.before as Recording, lags[i]),
  }));
  const mean = lags.reduce((sum, lag) => sum + lag, 0) / lags.length;
  const recordings = late.map(({ recording }) => recording);
  const shifts = shiftsOf(recordings);
  const misses = shifts.map((shift, i) => shift - (lags[i] - mean));
  const rms = (values: ArrayLike<number>) => Math.hypot(...Array.from(values)) / Math.sqrt(values.length);
  expect(rms(lags.map((lag) => lag - mean))).toBeGreaterThan(0.01);
  expect(rms(misses)).toBeLessThan(0.003);

  // without it, 15 ms at 3.4 m/s are 5 cm
  const path = meanPathOf(recordings, 5.5, 0.02);
  const [plain, aligned] = [false, true].map((taken) =>
    recordings.flatMap((recording, i) => {
      const own = deviationOf(recording, path, taken ? shifts[i] : 0);
      const true_ = deviationOf(made.laps[i].recording, path, mean === 0 ? 0 : -mean);
      return Array.from(own.values, (value, at) => (at % path.columns < 2 ? value - true_.values[at] : 0));
    }),
  );
  expect(rms(aligned)).toBeLessThan(0.5 * rms(plain));

  const [truth, found] = [made.laps, late].map((laps) => estimateFrom(laps, made.space, task));
  if (!truth || !found) throw new Error("too few laps");
  expect(remarksOn(found, 180, 1).join("\n")).toMatch(/states are up to \d+ ms older in some laps than in the mean/);
  expect(truth.shifts.every((shift) => shift === 0)).toBe(true);
  const errorOf = ({ cells }: typeof found) => rms(cells.flatMap(({ errors }) => [...errors]));
  expect(errorOf(found)).toBeLessThan(1.5 * errorOf(truth));
});
