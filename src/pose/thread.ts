/**
 * The thread that receives poses: neither the main thread, which learns, nor the control thread, which must not wait,
 * takes in what comes from a network. Whatever comes, it ends in shared memory, or is said.
 */
import { parentPort, workerData } from "node:worker_threads";
import { monotonicTime } from "../clock.js";
import { messageOf, UserError } from "../errors.js";
import { PoseIntake } from "./intake.js";
import { KINDS } from "./kinds/kinds.generated.js";
import type { PoseSettings } from "./settings.js";
import { SharedPoses } from "./shared-poses.js";

export interface PoseThreadData {
  readonly settings: PoseSettings;
  readonly shared: SharedArrayBuffer;
}

/** To who opened it: a line for people; the first pose has come; or why none will. */
export type FromPoseThread =
  | { readonly say: string }
  | { readonly isSeen: true }
  | { readonly failure: string; readonly exitCode: 1 | 2 };

/** Looks after the stream this often [ms]. */
const LOOK = 250;

// nobody reads the stack of what a malformed datagram throws, and many may come
Error.stackTraceLimit = 0;
const port = parentPort;
if (!port) throw new Error("this is a thread");
const { settings, shared } = workerData as PoseThreadData;
const tell = (message: FromPoseThread) => port.postMessage(message);
const poses = new SharedPoses(shared);
let isSeen = false;

const intake = new PoseIntake(
  settings.intake,
  (row) => {
    poses.put(row);
    if (isSeen) return;
    isSeen = true;
    if (settings.intake.name === "" && intake.names.length > 1)
      fail(new UserError(`objects seen: ${intake.names.join(", ")}; which is the car? Choose with --pose-name`));
    else tell({ isSeen });
  },
  (say) => tell({ say }),
  monotonicTime,
);

function fail(error: unknown): void {
  tell({ failure: messageOf(error), exitCode: error instanceof UserError ? error.exitCode : 1 });
}

/** Why no pose of the car has come. */
function absence(silence: string, within: number): UserError {
  const { names, refusal } = intake;
  const wanted = settings.intake.name === "" ? "the car" : `"${settings.intake.name}"`;
  const since = `no pose of ${wanted} within ${within} s`;
  if (refusal !== "") return new UserError(`${since}: ${refusal}`, 1);
  if (names.length === 0) return new UserError(`${since}, and nothing else came: ${silence}`, 1);
  const seen = `the objects that were named are: ${names.join(", ")}`;
  return new UserError(`${since}; ${seen}: choose with --pose-name, or put it where it is seen`, 1);
}

try {
  const { default: kind } = await KINDS[settings.kind]();
  await kind.open(settings.where, intake, settings.scene);
  const opened = monotonicTime();
  setInterval(() => {
    const now = monotonicTime();
    if (isSeen) intake.look(now);
    else if (now - opened > kind.within) fail(absence(kind.silence, kind.within));
  }, LOOK);
} catch (error) {
  fail(error);
}
