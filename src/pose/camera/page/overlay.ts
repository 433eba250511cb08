/// <reference lib="dom" />
/** What is drawn over the picture: the floor's grid, marks, and the tag as it is seen. */
import { type Camera, type Point, project } from "../lens.js";
import type { Found } from "../tracker.js";

/** The grid goes so far from the origin [m]. */
const GRID = 4;

export interface Shown {
  readonly camera: Camera | undefined;
  readonly marks: readonly { readonly u: number; readonly v: number }[];
  readonly found: Found | undefined;
}

export function drawOverlay(canvas: HTMLCanvasElement, { camera, marks, found }: Shown): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.lineWidth = 1;
  if (camera) drawGrid(context, camera);
  context.lineWidth = 2;
  context.font = "18px sans-serif";
  for (const [i, { u, v }] of marks.entries()) {
    context.strokeStyle = context.fillStyle = "#ffb000";
    context.beginPath();
    context.arc(u, v, 8, 0, 2 * Math.PI);
    context.stroke();
    context.fillText(`${i + 1}`, u + 10, v - 10);
  }
  if (!found) return;
  context.strokeStyle = "#00e0a0";
  line(context, [...found.corners, found.corners[0]]);
  const [a, b, c] = found.corners;
  const middle = { x: (a.x + c.x) / 2, y: (a.y + c.y) / 2 };
  const front = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  line(context, [middle, { x: middle.x + 3 * (front.x - middle.x), y: middle.y + 3 * (front.y - middle.y) }]);
}

function drawGrid(context: CanvasRenderingContext2D, camera: Camera): void {
  for (let i = -GRID; i <= GRID; i++) {
    context.strokeStyle = i === 0 ? "rgba(255,255,255,.8)" : "rgba(255,255,255,.3)";
    const steps = Array.from({ length: 4 * GRID + 1 }, (_, k) => -GRID + 0.5 * k);
    const isIn = ({ x, y }: Point) => x > -99 && y > -99 && x < camera.width + 99 && y < camera.height + 99;
    line(context, steps.map((k) => project(camera, i, k, 0)).filter(isIn));
    line(context, steps.map((k) => project(camera, k, i, 0)).filter(isIn));
  }
}

function line(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  context.beginPath();
  for (const { x, y } of points) context.lineTo(x, y);
  context.stroke();
}
