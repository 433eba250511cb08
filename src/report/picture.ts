/**
 * What moves, as lines of the plane at one control step: the car with its wheels, the quadruped, the arm, the cart with
 * its pole. Free of the host: reports and the live page draw from it.
 */
import type { Columns, Recording } from "../recording/recording.js";
import type { ChartLine } from "./chart.js";

/** A line of a picture; coordinates [m]. */
export interface Shape {
  /** class name: what of the robot it is */
  readonly part: "body" | "wheel" | "slip" | "joint" | "marker";
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** One control step: rows of a recording. */
export interface Moment {
  readonly state: ArrayLike<number>;
  readonly input: ArrayLike<number>;
  /** what a simulation says of the body: roll, slip in front, slip behind, slip along; empty if it says nothing */
  readonly body: ArrayLike<number>;
}

/** Control step `step` of a recording. */
export function momentAt({ info, states, inputs, body }: Recording, step: number): Moment {
  const row = (values: Float64Array, width: number) => values.subarray(step * width, (step + 1) * width);
  const { state, input, body: said = [] } = info.columns;
  return { state: row(states, state.length), input: row(inputs, input.length), body: row(body, said.length) };
}

/** `size`: how many times larger than it is a vehicle is drawn. */
export type Picture = (moment: Moment, size: number) => Shape[];

/** A shape as a line of a chart. */
export function lineOf({ part, x, y }: Shape): ChartLine {
  return { className: `part ${part}`, x, y };
}

/** A vehicle on a track of metres is drawn so many times its size. */
const ENLARGED = 2.5;

/** Whether what has these columns drives in the plane, and how many times its size it is drawn. */
export function drawnSize({ state }: Pick<Columns, "state">): { isVehicle: boolean; size: number } {
  const isVehicle = state.some((name) => name.startsWith("phi ["));
  return { isVehicle, size: isVehicle ? ENLARGED : 1 };
}

/** What lies to the right in a picture, with its unit. */
export function acrossOf({ state }: Pick<Columns, "state">): string {
  return state.length === 1 ? state[0] : "x [m]";
}

/** Links of the arm [m], or the pole [m]. */
export type Lengths = readonly number[];

/** The JetRacer [m]: half of wheelbase, track and tyre, and of its outline. */
const CAR = { axle: 0.087, track: 0.08, tyre: 0.033, length: 0.15, width: 0.055 };
/** The Go1 [m]: half of its trunk, and how far its feet stand out. */
const DOG = { length: 0.19, width: 0.07, foot: 0.13 };
/** Slip is drawn so many times: a sideways slip of 0.1 is an arrow of two wheelbases. */
const SLIP = 3;
/** A body that leans is drawn shifted by so much of its roll [m/rad]. */
const LEAN = 0.35;
/** Half of the cart [m]. */
const CART = { length: 0.1, height: 0.04 };

/** The picture of what has these columns; undefined: it has none. */
export function pictureFor(columns: Pick<Columns, "state" | "input">, lengths: Lengths = []): Picture | undefined {
  const at = (name: string) => columns.state.findIndex((column) => column.startsWith(`${name} [`));
  const [x, y, phi, theta] = [at("x"), at("y"), at("phi"), at("theta")];
  if (x >= 0 && y >= 0 && phi >= 0) {
    const steering = columns.input.indexOf("steering");
    const draw = steering >= 0 ? carShapes(steering) : dogShapes;
    return (moment, size) => placed(draw(moment), moment.state[x], moment.state[y], moment.state[phi], size);
  }
  const [theta1, theta2] = [at("theta1"), at("theta2")];
  if (theta1 >= 0 && theta2 >= 0) {
    const [first = 1, second = 1] = lengths;
    return ({ state }) => armShapes(state[theta1], state[theta2], first, second);
  }
  if (x >= 0 && theta >= 0) return ({ state }) => cartShapes(state[x], state[theta], lengths[0] ?? 0.5);
  if (columns.state.length === 1) return ({ state }) => [{ part: "marker", x: [state[0]], y: [0] }];
  return undefined;
}

/** The car about its centre, forward along x; the front wheels as the steering command turns them [rad]. */
function carShapes(steering: number): (moment: Moment) => Shape[] {
  return ({ input, body }) => {
    const [roll = 0, front = 0, rear = 0] = Array.from(body);
    const wheels = [
      [CAR.axle, CAR.track, input[steering]],
      [CAR.axle, -CAR.track, input[steering]],
      [-CAR.axle, CAR.track, 0],
      [-CAR.axle, -CAR.track, 0],
    ];
    const shapes: Shape[] = wheels.map(([x, y, angle]) => {
      const [along, across] = [CAR.tyre * Math.cos(angle), CAR.tyre * Math.sin(angle)];
      return { part: "wheel", x: [x - along, x + along], y: [y - across, y + across] };
    });
    // rolling to the left lifts that side: the body goes to the right
    shapes.push({ part: "body", ...box(CAR.length, CAR.width, LEAN * -roll) });
    if (body.length > 0) shapes.push(...slip(CAR.axle, front), ...slip(-CAR.axle, rear));
    return shapes;
  };
}

/** Where an axle slips to: a line across the car from its middle. */
function slip(axle: number, sideways: number): Shape[] {
  return [{ part: "slip", x: [axle, axle], y: [0, SLIP * 2 * CAR.axle * sideways] }];
}

function dogShapes(): Shape[] {
  const legs = [1, -1].flatMap((end) => [1, -1].map((side) => [end * DOG.length * 0.8, side] as const));
  return [
    { part: "body", ...box(DOG.length, DOG.width, 0) },
    { part: "body", x: [DOG.length, DOG.length + 0.07], y: [0, 0] },
    ...legs.map(([x, side]): Shape => ({ part: "wheel", x: [x, x], y: [side * DOG.width, side * DOG.foot] })),
  ];
}

/** A closed rectangle of half `length` and `width`, shifted across. */
function box(length: number, width: number, shift: number): Pick<Shape, "x" | "y"> {
  return {
    x: [length, length, -length, -length, length],
    y: [width, -width, -width, width, width].map((y) => y + shift),
  };
}

/** Shapes about the origin, enlarged, turned by `phi` and moved to a place. */
function placed(shapes: readonly Shape[], x: number, y: number, phi: number, size: number): Shape[] {
  const [c, s] = [size * Math.cos(phi), size * Math.sin(phi)];
  return shapes.map((shape) => ({
    part: shape.part,
    x: shape.x.map((along, i) => x + c * along - s * shape.y[i]),
    y: shape.x.map((along, i) => y + s * along + c * shape.y[i]),
  }));
}

/** Two links from the origin; theta2 from the first one on. */
function armShapes(theta1: number, theta2: number, first: number, second: number): Shape[] {
  const [elbowX, elbowY] = [first * Math.cos(theta1), first * Math.sin(theta1)];
  const [endX, endY] = [elbowX + second * Math.cos(theta1 + theta2), elbowY + second * Math.sin(theta1 + theta2)];
  return [
    { part: "body", x: [0, elbowX, endX], y: [0, elbowY, endY] },
    { part: "joint", x: [0], y: [0] },
    { part: "joint", x: [elbowX], y: [elbowY] },
    { part: "marker", x: [endX], y: [endY] },
  ];
}

/** A cart on its rail, and its pole; theta from upright. */
function cartShapes(x: number, theta: number, length: number): Shape[] {
  const [endX, endY] = [x + length * Math.sin(theta), length * Math.cos(theta)];
  const { x: along, y: up } = box(CART.length, CART.height, 0);
  return [
    { part: "body", x: along.map((at) => x + at), y: up },
    { part: "body", x: [x, endX], y: [0, endY] },
    { part: "marker", x: [endX], y: [endY] },
  ];
}
