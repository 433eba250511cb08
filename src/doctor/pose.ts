/** Listens to a source of poses for a while. */
import { monotonicTime } from "../clock.js";
import type { PoseSettings } from "../pose/settings.js";
import { PoseEntry } from "../pose/shared-poses.js";
import type { PoseRow } from "./pose-quality.js";

/** Looks for a new pose this often [ms]. */
const LOOK = 2;

/**
 * The poses that come within `seconds`, in the order in which they came.
 * @throws UserError if none comes, with what came instead
 */
export async function listenToPoses(
  settings: PoseSettings,
  seconds: number,
  say: (text: string) => void,
): Promise<readonly PoseRow[]> {
  const { ThreadPoseSource } = await import("../pose/thread-source.js");
  const source = new ThreadPoseSource(settings, say);
  const pose = new Float64Array(PoseEntry.count);
  const rows: PoseRow[] = [];
  try {
    await source.open();
    const end = monotonicTime() + seconds;
    while (monotonicTime() < end) {
      if (source.poll(pose)) {
        const [when, arrived, x, y, heading] = pose;
        rows.push([when, arrived, x, y, heading]);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  } finally {
    await source.close();
  }
  return rows;
}
