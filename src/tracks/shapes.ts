/** Tracks of one word: points of a circle, an oval and a figure-8, in the order in which they are driven. */

/** Points per metre. */
const DENSITY = 25;
const LEAST = 128;

type Points = readonly (readonly [x: number, y: number])[];

/** A turn: from an angle on, counter-clockwise by a positive angle [rad], about a centre. */
function arc(x: number, y: number, radius: number, from: number, turn: number): Points {
  const n = Math.max(LEAST >> 2, Math.ceil(Math.abs(turn) * radius * DENSITY));
  return Array.from({ length: n }, (_, i) => {
    const angle = from + (turn * i) / n;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
  });
}

function line(x0: number, y0: number, x1: number, y1: number): Points {
  const n = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) * DENSITY));
  return Array.from({ length: n }, (_, i) => [x0 + ((x1 - x0) * i) / n, y0 + ((y1 - y0) * i) / n] as const);
}

export interface Shape {
  /** lengths that it needs, all above 0 [m] */
  readonly needs: readonly string[];
  points(lengths: Readonly<Record<string, number>>): Points;
}

const { PI } = Math;

export const shapes: Readonly<Record<string, Shape>> = {
  /** Counter-clockwise from the right. */
  circle: { needs: ["radius"], points: ({ radius }) => arc(0, 0, radius, 0, 2 * PI) },
  /** Two circles about (+radius, 0), clockwise and first, and (-radius, 0): the task car-figure8. */
  figure8: {
    needs: ["radius"],
    points: ({ radius: r }) => [...arc(r, 0, r, PI, -2 * PI), ...arc(-r, 0, r, 0, 2 * PI)],
  },
  /** Two straights along x, joined by half circles, counter-clockwise from the middle of the lower one. */
  oval: {
    needs: ["straight", "radius"],
    points: ({ straight, radius: r }) => [
      ...line(0, -r, straight / 2, -r),
      ...arc(straight / 2, 0, r, -PI / 2, PI),
      ...line(straight / 2, r, -straight / 2, r),
      ...arc(-straight / 2, 0, r, PI / 2, PI),
      ...line(-straight / 2, -r, 0, -r),
    ],
  },
};
