/**
 * The tables of what can be combined: a new robot, plant, controller, reward, reference or task is a new file, one import and
 * one line in its table here (and its name in the enum, from which the host takes its spelling).
 */
import { Backstepping } from "./controllers/backstepping";
import { CartPoleLqr } from "./controllers/cart-pole-lqr";
import { Controller } from "./controllers/controller";
import { OpenLoop } from "./controllers/open-loop";
import { PlanarBackstepping } from "./controllers/planar-backstepping";
import { StateFeedback } from "./controllers/state-feedback";
import { Car } from "./models/car";
import { CartPole } from "./models/cart-pole";
import { DoublePendulum } from "./models/double-pendulum";
import { Model } from "./models/model";
import { Quadruped } from "./models/quadruped";
import { Scalar } from "./models/scalar";
import { Identified } from "./plants/identified";
import { Nominal } from "./plants/nominal";
import { Plant } from "./plants/plant";
import { SingleTrack } from "./plants/single-track";
import { Hold } from "./policy/hold";
import { Reference } from "./policy/reference";
import { Spline } from "./policy/spline";
import { CartPoleReward } from "./rewards/cart-pole";
import { Figure8Reward } from "./rewards/figure8";
import { ReachReward } from "./rewards/reach";
import { Reward } from "./rewards/reward";
import { TrackReward } from "./rewards/track";
import { CartPoleTask } from "./tasks/cart-pole";
import { Figure8 } from "./tasks/figure8";
import { Reach, ReachOpen } from "./tasks/reach";
import { Sine } from "./tasks/sine";
import { Task } from "./tasks/task";

export enum Models {
  car,
  quadruped,
  doublePendulum,
  scalar,
  cartPole,
}
export enum Plants {
  nominal,
  identified,
  singleTrack,
}
export enum Controllers {
  backstepping,
  planarBackstepping,
  /** the numbers are those of states and inputs */
  stateFeedback42,
  stateFeedback11,
  openLoop42,
  openLoop11,
  cartPoleLqr,
}
export enum Rewards {
  figure8,
  reach,
  track,
  cartPole,
}
export enum References {
  spline,
  /** the number is that of the setpoint's components */
  hold4,
  hold2,
  hold1,
}
export enum Tasks {
  figure8,
  reach,
  reachOpen,
  sine,
  cartPole,
}

const models: Model[] = [new Car(), new Quadruped(), new DoublePendulum(), new Scalar(), new CartPole()];
const plants: Plant[] = [new Nominal(), new Identified(), new SingleTrack()];
const controllers: Controller[] = [
  new Backstepping(),
  new PlanarBackstepping(),
  new StateFeedback(4, 2),
  new StateFeedback(1, 1),
  new OpenLoop(4, 2),
  new OpenLoop(1, 1),
  new CartPoleLqr(),
];
const rewards: Reward[] = [new Figure8Reward(), new ReachReward(), new TrackReward(), new CartPoleReward()];
const references: Reference[] = [new Spline(), new Hold(4), new Hold(2), new Hold(1)];
const tasks: Task[] = [new Figure8(), new Reach(), new ReachOpen(), new Sine(), new CartPoleTask()];

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
