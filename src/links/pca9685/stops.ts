/** What the helper processes of a PCA9685 report, for people. */
import { Fault, type Stop } from "../faults.js";

const NEXT = "one step: its next answer";

export const pca9685Stops = {
  [Fault.helperTimedOut]: {
    what: (value) => `the helper of the PCA9685 heard no command for ${value} s and gave neutral`,
    noticed: NEXT,
    remedy: "the computer was too busy: lapgrad doctor on real-time priority; then go on with --resume",
  },
  [Fault.helperPaused]: {
    what: () => "the helper of the PCA9685 was paused itself; it gave neutral",
    noticed: NEXT,
    remedy: "the computer was too busy: lapgrad doctor on real-time priority; then go on with --resume",
  },
  [Fault.guardStopped]: {
    what: () => "the second helper of the PCA9685 gave neutral, or is not there any more",
    noticed: NEXT,
    remedy: "the computer was too busy, or somebody ended it: lapgrad doctor; then go on with --resume",
  },
  [Fault.busFailed]: {
    what: () => "the PCA9685 does not answer on its bus any more, so it holds its last pulse",
    noticed: "three of its transfers, mostly 30 ms; told with its next answer",
    remedy: "cut the motor's power; check the chip's cable and supply, and what else is on the bus",
  },
} satisfies Partial<Record<Fault, Stop>>;
