/** Which sources of poses there are, and what must be known of them before they are loaded. */
import { POSES } from "./poses.generated.js";

export type PoseName = keyof typeof POSES;

export const poseNames = Object.keys(POSES) as PoseName[];

/** What each one is, for the help. */
export const poseMeanings = poseNames.map((name) => `${name}: ${POSES[name].summary}`);

/** The name and what stands behind "=" in a text like udp=5005; undefined behind: nothing does. */
export function poseParts(text: string): readonly [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether a text begins with the name of a source. */
export function isPoseText(text: string): boolean {
  return Object.hasOwn(POSES, poseParts(text)[0]);
}
