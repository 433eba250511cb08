/// <reference lib="dom" />
/** What is drawn over the picture: the floor's grid, track and corridor, marks, the car and its tag as it is seen. */
import type { Place, Scene } from "../../scene.js";
import { type Camera, type Point, project } from "../lens.js";
import type { Found } from "../tracker.js";

/** The grid goes so far from the origin [m]. */
const GRID = 4;
/** [m] */
const CAR = { length: 0.3, width: 0.2 } as const;

export interface Shown {
  readonly camera: Camera | undefined;
  readonly marks: readonly { readonly u: number; readonly v: number }[];
  readonly found: Found | undefined;
  readonly scene: Scene | undefined;
}

export function drawOverlay(canvas: HTMLCanvasElement, { camera, marks, found, scene }: Shown): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.lineWidth = 1;
  if (camera) drawGrid(context, camera);
  context.lineWidth = 2;
  if (camera && scene) drawScene(context, camera, scene);
  if (camera && found) drawCar(context, camera, found);
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

/** The path, where the car drives, and where the corridor ends that stops it. */
function drawScene(context: CanvasRenderingContext2D, camera: Camera, { path, edges }: Scene): void {
  context.strokeStyle = "#56b4e9";
  floorLine(context, camera, [...path, ...path.slice(0, 1)]);
  context.strokeStyle = "#f08a3c";
  context.setLineDash([10, 6]);
  for (const edge of edges) floorLine(context, camera, edge);
  context.setLineDash([]);
}

/** About as large as a small car, where its tag is. */
function drawCar(context: CanvasRenderingContext2D, camera: Camera, { x, y, heading }: Found): void {
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  const corner = (ahead: number, left: number): Place => [x + cos * ahead - sin * left, y + sin * ahead + cos * left];
  const [ahead, left] = [0.5 * CAR.length, 0.5 * CAR.width];
  context.strokeStyle = "#ffffff";
  floorLine(context, camera, [
    corner(ahead, left),
    corner(ahead, -left),
    corner(-ahead, -left),
    corner(-ahead, left),
    corner(ahead, left),
  ]);
}

/** A line on the floor, with gaps where it lies far outside of the picture. */
function floorLine(context: CanvasRenderingContext2D, camera: Camera, places: readonly Place[]): void {
  let isDrawing = false;
  context.beginPath();
  for (const [floorX, floorY] of places) {
    const { x, y } = project(camera, floorX, floorY, 0);
    const isIn = x > -99 && y > -99 && x < camera.width + 99 && y < camera.height + 99;
    if (isIn && isDrawing) context.lineTo(x, y);
    else if (isIn) context.moveTo(x, y);
    isDrawing = isIn;
  }
  context.stroke();
}

function drawGrid(context: CanvasRenderingContext2D, camera: Camera): void {
  for (let i = -GRID; i <= GRID; i++) {
    context.strokeStyle = i === 0 ? "rgba(255,255,255,.8)" : "rgba(255,255,255,.3)";
    const steps = Array.from({ length: 4 * GRID + 1 }, (_, k) => -GRID + 0.5 * k);
    floorLine(
      context,
      camera,
      steps.map((k): Place => [i, k]),
    );
    floorLine(
      context,
      camera,
      steps.map((k): Place => [k, i]),
    );
  }
}

function line(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  context.beginPath();
  for (const { x, y } of points) context.lineTo(x, y);
  context.stroke();
}
