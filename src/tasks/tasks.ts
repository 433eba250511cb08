import { UserError } from "../errors.js";
import { carFigure8 } from "./car-figure8.js";
import { cartPole } from "./cart-pole.js";
import type { TaskDefinition } from "./definition.js";
import { pendulumReach, pendulumReachOpen } from "./pendulum-reach.js";
import { quadrupedFigure8 } from "./quadruped-figure8.js";
import { scalar } from "./scalar.js";

const ALL: readonly TaskDefinition[] = [
  carFigure8,
  quadrupedFigure8,
  pendulumReach,
  pendulumReachOpen,
  scalar,
  cartPole,
];

/** All tasks by name: a new one is a new file and a line here. */
export const tasks: Readonly<Record<string, TaskDefinition>> = Object.fromEntries(ALL.map((task) => [task.name, task]));

/** The task of that name; a {@link UserError} naming all tasks if there is none. */
export function taskNamed(name: string): TaskDefinition {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new UserError(`unknown task "${name}"; tasks are: ${Object.keys(tasks).join(", ")}`);
  return task;
}
