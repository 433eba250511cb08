/** What the camera page tells. */

/** The WebSocket's sub-protocol. */
export const CAMERA_PROTOCOL = "lapgrad-camera.v1";

/** A pose of the tag, or that it is not seen; times by the page's clock [s]. */
export interface CameraMessage {
  /** of the tag, as in --pose-name */
  readonly name: string;
  /** when the picture was taken, and when this is sent */
  readonly taken: number;
  readonly sent: number;
  /** over the floor [m, rad]; null: not seen */
  readonly pose: { readonly x: number; readonly y: number; readonly heading: number } | null;
}

/** The message that a text is; undefined: it is none. */
export function cameraMessageOf(text: string): CameraMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { name, taken, sent, pose } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || ![taken, sent].every((one) => typeof one === "number" && Number.isFinite(one)))
    return undefined;
  if (pose !== null && (typeof pose !== "object" || pose === undefined)) return undefined;
  const { x, y, heading } = (pose ?? { x: 0, y: 0, heading: 0 }) as Readonly<Record<string, unknown>>;
  const isPose = [x, y, heading].every((one) => typeof one === "number" && Number.isFinite(one));
  return isPose ? (value as CameraMessage) : undefined;
}
