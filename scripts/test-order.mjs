/**
 * The order of the test files: those that take long first, so that no core idles at the end while another works through
 * one of them. Jest knows from its own earlier runs what takes long; a new clone, as in CI, has none.
 */
import { existsSync } from "node:fs";
import TestSequencer from "@jest/test-sequencer";

/** Computing and waiting in turn: while one drives by the clock on the wall, others have its core. */
const LONG = [
  "docs/commands",
  "links/ros2/processes",
  "reproduce/go1",
  "in-the-loop/signals",
  "tasks/every-task",
  "view/page",
  "in-the-loop/training",
  "cli/terminal",
  "training/survival",
  "export/onnx",
  "in-the-loop/host-faults",
  "training/training",
  "in-the-loop/wall-clock",
  "training/gauss-newton",
  "in-the-loop/stalls",
  "derivatives/measured",
  "links/ros2/stalls",
  "compare/command",
  "derivatives/shake",
  "links/ros2/driving",
  "plants/elsewhere",
  "training/change",
  "in-the-loop/wraps",
  "training/resume",
  "cli/stops",
  "in-the-loop/lies",
  "compare/pool",
  "plants/mujoco",
  "cli/table",
  "pose/contract",
  "training/reflex",
  "training/updates",
  "report/explorer",
  "house/skeletons",
  "export/forms",
  "reproduce/predicted-change",
  "inputs/mutations",
  "links/contract",
];
for (const name of LONG)
  if (!existsSync(`build/test/${name}.test.js`))
    throw new Error(`there is no test ${name}: take it out of scripts/test-order.mjs, or write its new name there`);

export default class LongFirst extends TestSequencer {
  /** The others follow as Jest would have them. */
  sort(tests) {
    const place = ({ path }) => {
      const found = LONG.findIndex((name) => path.endsWith(`/test/${name}.test.js`));
      return found < 0 ? LONG.length : found;
    };
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
}
