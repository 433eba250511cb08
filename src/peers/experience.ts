/** What was driven, to be learned from again and again: a ring that forgets its oldest transitions. */
import type { Kernels } from "./batch/kernels.js";

/** Transitions side by side; observations [rows][observationSize], actions [rows][actionSize], others [rows]. */
export interface Transitions {
  readonly observations: Float32Array;
  readonly actions: Float32Array;
  readonly rewards: Float32Array;
  readonly nextObservations: Float32Array;
  /** 1 where nothing is earned afterwards, otherwise 0 */
  readonly terminated: Float32Array;
}

export function newTransitions(rows: number, observationSize: number, actionSize: number): Transitions {
  return {
    observations: new Float32Array(rows * observationSize),
    actions: new Float32Array(rows * actionSize),
    rewards: new Float32Array(rows),
    nextObservations: new Float32Array(rows * observationSize),
    terminated: new Float32Array(rows),
  };
}

/** Copies row `from` of one into row `to` of the other. */
function copyRow(source: Transitions, from: number, target: Transitions, to: number): void {
  const observed = source.observations.length / source.rewards.length;
  copyPart(source.observations, from, target.observations, to, observed);
  copyPart(source.actions, from, target.actions, to, source.actions.length / source.rewards.length);
  copyPart(source.nextObservations, from, target.nextObservations, to, observed);
  target.rewards[to] = source.rewards[from];
  target.terminated[to] = source.terminated[from];
}

function copyPart(source: Float32Array, from: number, target: Float32Array, to: number, width: number): void {
  for (let i = 0; i < width; i++) target[to * width + i] = source[from * width + i];
}

export class Experience {
  /** transitions held */
  count = 0;
  /** where the next one goes */
  private next = 0;
  private held: Transitions;

  constructor(
    readonly capacity: number,
    readonly observationSize: number,
    readonly actionSize: number,
  ) {
    this.held = newTransitions(Math.min(capacity, 1024), observationSize, actionSize);
  }

  add(
    observation: ArrayLike<number>,
    action: ArrayLike<number>,
    reward: number,
    nextObservation: ArrayLike<number>,
    terminated: boolean,
  ): void {
    const row = this.next;
    if (row === this.held.rewards.length) this.grow();
    const { observations, actions, rewards, nextObservations, terminated: ends } = this.held;
    observations.set(observation, row * this.observationSize);
    actions.set(action, row * this.actionSize);
    nextObservations.set(nextObservation, row * this.observationSize);
    rewards[row] = reward;
    ends[row] = terminated ? 1 : 0;
    this.next = (row + 1) % this.capacity;
    this.count = Math.min(this.count + 1, this.capacity);
  }

  /** Fills the first `rows` of `batch` with transitions drawn one by one, any of them more than once. */
  sample(kernels: Kernels, batch: Transitions, rows: number): void {
    for (let row = 0; row < rows; row++) copyRow(this.held, kernels.drawIndex(this.count), batch, row);
  }

  /** Copies transition `index`, in the order of their places, into a row of `batch`. */
  copy(index: number, batch: Transitions, row: number): void {
    copyRow(this.held, index, batch, row);
  }

  /** The same with another capacity, and as much of it as there is room for; oldest first. */
  resized(capacity: number): Experience {
    if (capacity === this.capacity) return this;
    const other = new Experience(capacity, this.observationSize, this.actionSize);
    const row = newTransitions(1, this.observationSize, this.actionSize);
    const oldest = this.count < this.capacity ? 0 : this.next;
    for (let i = 0; i < this.count; i++) {
      copyRow(this.held, (oldest + i) % this.capacity, row, 0);
      other.add(row.observations, row.actions, row.rewards[0], row.nextObservations, row.terminated[0] === 1);
    }
    return other;
  }

  /** Twice the room, up to the capacity: a million rows are not taken before they are needed. */
  private grow(): void {
    const room = Math.min(2 * this.held.rewards.length, this.capacity);
    const grown = newTransitions(room, this.observationSize, this.actionSize);
    for (const key of Object.keys(grown) as (keyof Transitions)[]) grown[key].set(this.held[key]);
    this.held = grown;
  }
}
