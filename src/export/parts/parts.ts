/**
 * What exported policies are made of, by kind as in the core: every file of the folders beside this one registers its
 * own.
 */
import type { ControllerPart, ReferencePart, TaskPart } from "./contracts.js";
import { CONTROLLERS } from "./controllers/controllers.generated.js";
import { REFERENCES } from "./references/references.generated.js";
import { TASKS } from "./tasks/tasks.generated.js";

type ByKind<T> = Readonly<Record<string, T>>;

export const controllers: ByKind<ControllerPart> = Object.assign({}, ...CONTROLLERS);
export const references: ByKind<ReferencePart> = Object.assign({}, ...REFERENCES);
export const tasks: ByKind<TaskPart> = Object.assign({}, ...TASKS);
