/**
 * The parts that can be combined, and those that were chosen. A part registers itself in its own file
 * (scripts/registries.mjs).
 */
import { Controller } from "./controllers/controller";
import { Model } from "./models/model";
import { Plant } from "./plants/plant";
import { Reference } from "./policy/reference";
import { Reward } from "./rewards/reward";
import { controllers, models, plants, references, rewards, tasks } from "./tables.generated";
import { Task } from "./tasks/task";

/** The chosen ones. */
export let model: Model = models[0];
export let plant: Plant = plants[0];
export let controller: Controller = controllers[0];
export let reward: Reward = rewards[0];
export let reference: Reference = references[0];
export let task: Task = tasks[0];

/** Chooses by index into the tables; false if an index is outside its table. */
export function choose(
  modelIndex: i32,
  plantIndex: i32,
  controllerIndex: i32,
  rewardIndex: i32,
  referenceIndex: i32,
  taskIndex: i32,
): bool {
  if (
    !within(modelIndex, models.length) ||
    !within(plantIndex, plants.length) ||
    !within(controllerIndex, controllers.length) ||
    !within(rewardIndex, rewards.length) ||
    !within(referenceIndex, references.length) ||
    !within(taskIndex, tasks.length)
  ) {
    return false;
  }
  model = models[modelIndex];
  plant = plants[plantIndex];
  controller = controllers[controllerIndex];
  reward = rewards[rewardIndex];
  reference = references[referenceIndex];
  task = tasks[taskIndex];
  return true;
}

function within(index: i32, count: i32): bool {
  return index >= 0 && index < count;
}
