/**
 * The tables of what can be combined: a new robot, plant, controller, reward, reference or task is a new file, one import and
 * one line in its table here (and its name in the enum, from which the host takes its spelling).
 */
import { Backstepping } from "./controllers/backstepping";
import { Controller } from "./controllers/controller";
import { Car } from "./models/car";
import { Model } from "./models/model";
import { Identified } from "./plants/identified";
import { Nominal } from "./plants/nominal";
import { Plant } from "./plants/plant";
import { SingleTrack } from "./plants/single-track";
import { Reference } from "./policy/reference";
import { Spline } from "./policy/spline";
import { Figure8Reward } from "./rewards/figure8";
import { Reward } from "./rewards/reward";
import { Figure8 } from "./tasks/figure8";
import { Task } from "./tasks/task";

export enum Models {
  car,
}
export enum Plants {
  nominal,
  identified,
  singleTrack,
}
export enum Controllers {
  backstepping,
}
export enum Rewards {
  figure8,
}
export enum References {
  spline,
}
export enum Tasks {
  figure8,
}

const models: Model[] = [new Car()];
const plants: Plant[] = [new Nominal(), new Identified(), new SingleTrack()];
const controllers: Controller[] = [new Backstepping()];
const rewards: Reward[] = [new Figure8Reward()];
const references: Reference[] = [new Spline()];
const tasks: Task[] = [new Figure8()];

/** The chosen ones. */
export let model: Model = models[0];
export let plant: Plant = plants[0];
export let controller: Controller = controllers[0];
export let reward: Reward = rewards[0];
export let reference: Reference = references[0];
export let task: Task = tasks[0];

/** Chooses by index into the tables; false if an index is outside its table. */
export function choose(modelIndex: i32, plantIndex: i32, controllerIndex: i32, rewardIndex: i32, referenceIndex: i32, taskIndex: i32): bool {
  if (
    !within(modelIndex, models.length) || !within(plantIndex, plants.length) || !within(controllerIndex, controllers.length) ||
    !within(rewardIndex, rewards.length) || !within(referenceIndex, references.length) || !within(taskIndex, tasks.length)
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
