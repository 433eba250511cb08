/** Tracks put elsewhere, made larger, mirrored, or driven the other way round. */
import type { RawTrack } from "./track.js";

/** The track scaled, mirrored at the x axis, turned, moved, and driven the other way round, in this order. */
export function placed(raw: RawTrack, how: Partial<Placement>): RawTrack {
  const { scale = 1, mirror = false, rotation = 0, origin = [0, 0], direction = "forward" } = how;
  const turn = (rotation * Math.PI) / 180;
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const flip = mirror ? -1 : 1;
  const at = raw.x.map((x, i) => [scale * x, flip * scale * raw.y[i]] as const);
  const turned = rotation === 0 ? at : at.map(([x, y]) => [c * x - s * y, s * x + c * y] as const);
  const reversed = direction === "reverse";
  const { right: ofRight, left: ofLeft, ...rest } = raw;
  const [right, left] = mirror === reversed ? [ofRight, ofLeft] : [ofLeft, ofRight];
  const order = <T>(values: readonly T[]) => (reversed ? [values[0], ...values.slice(1).reverse()] : values);
  const scaled = (values: readonly number[]) => order(values.map((value) => scale * value));
  return {
    ...rest,
    x: order(turned.map(([x]) => x + origin[0])),
    y: order(turned.map(([, y]) => y + origin[1])),
    ...(right && { right: scaled(right) }),
    ...(left && { left: scaled(left) }),
    ...(raw.speed && { speed: order(raw.speed) }),
  };
}

/** Where and how a track lies. */
export interface Placement {
  readonly scale: number | undefined;
  readonly mirror: boolean | undefined;
  /** [degrees], counter-clockwise */
  readonly rotation: number | undefined;
  readonly origin: readonly [number, number] | undefined;
  readonly direction: "forward" | "reverse" | undefined;
}
