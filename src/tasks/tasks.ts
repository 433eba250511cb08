import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import { meantInstead } from "../spelling.js";
import type { TaskDefinition } from "./definition.js";
import { ALL } from "./tasks.generated.js";

/** All tasks by name: every file of this folder with a default export, a definition or a list of them. */
export const tasks: Readonly<Record<string, TaskDefinition>> = Object.fromEntries(
  ALL.flat().map((task) => [task.name, task]),
);

/** The task of that name; a {@link UserError} naming all tasks if there is none. */
export function taskNamed(name: string): TaskDefinition {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) {
    const known = Object.keys(tasks);
    const hint = meantInstead(name, known);
    throw new UserError(`unknown task "${shortened(name)}"; ${hint}tasks are: ${known.join(", ")}`);
  }
  return task;
}
