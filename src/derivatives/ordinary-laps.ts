/**
 * What ordinary laps of a training say of the model, without a shake: what the robot did within a moment against what
 * the model makes of the same inputs in the same states (equation (PD13)). Laps differ too much while it learns to be
 * compared with each other, and nothing is said of the gradient: too much changes at once.
 */
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import type { Recording } from "../recording/recording.js";
import { coreFor } from "../session.js";
import { modelOf } from "../training/model-numbers.js";
import type { ModelWatch } from "../training/on-disk.js";
import { type Comparison, compareResponse } from "./diagnosis.js";
import { changesIn, responseFrom } from "./response.js";

/** Laps that are looked at: the newest. */
export const NEWEST = 4;
/** Laps from which anything is said. */
const LEAST = 3;
/** Beyond this factor between model and robot, for certain, an alarm is raised. */
const FACTOR = 3;

const responseTo = (input: string) => `response to ${input}`;
/** How an alarm begins. */
const aboutResponse = (name: string) => `the ${name} `;

/** A model with which laps are compared, in a core of its own. */
export class OrdinaryLaps implements ModelWatch {
  readonly #core: Core;
  readonly #laps: Recording[] = [];
  readonly #alarmed = new Set<string>();

  /** Undefined where the task has no laps. */
  static async for(config: RunConfig): Promise<OrdinaryLaps | undefined> {
    if (resolveTask(config).task.timing.lapTime === undefined) return undefined;
    return new OrdinaryLaps(await coreFor(config, 1, 1, 1));
  }

  private constructor(core: Core) {
    this.#core = core;
  }

  /** A run goes on after its last laps: what was said of the model in any of its laps is not said again. */
  goOn(said: readonly string[], laps: readonly (readonly [Recording, Readonly<Record<string, number>>])[]): void {
    for (const name of this.#core.setup.task.columns.input.map(responseTo))
      if (said.some((text) => text.startsWith(aboutResponse(name)))) this.#alarmed.add(name);
    for (const [lap, metrics] of laps) this.#add(lap, metrics);
  }

  /**
   * Adds a lap, with the model as its metrics have it if it was fitted; what people should know of the model, once for
   * each input.
   */
  take(lap: Recording, metrics: Readonly<Record<string, number>>): string | undefined {
    this.#add(lap, metrics);
    return this.#alarm();
  }

  #add(lap: Recording, metrics: Readonly<Record<string, number>>): void {
    const { model } = this.#core.setup.task;
    const fitted = Object.entries(modelOf(metrics)).filter(([name]) => name in model.parameters);
    const values = Object.fromEntries(fitted.map(([name, { value }]) => [name, value]));
    this.#core.setParameters("model", { kind: model.kind, parameters: { ...model.parameters, ...values } });
    this.#laps.push(lap);
    if (this.#laps.length > NEWEST) this.#laps.shift();
  }

  /** The response to each input; none before there are enough laps. */
  responses(): Comparison[] {
    if (this.#laps.length < LEAST) return [];
    return this.#core.setup.task.columns.input.map((name, input) =>
      compareResponse(responseTo(name), responseFrom(changesIn(this.#core, this.#laps, input))),
    );
  }

  #alarm(): string | undefined {
    for (const one of this.responses()) {
      const [low, high] = one.interval.scale;
      const isReversed = one.verdict === "sign";
      const isFar = low > FACTOR || (low > 0 && high < 1 / FACTOR);
      if (this.#alarmed.has(one.name) || !(isReversed || isFar)) continue;
      this.#alarmed.add(one.name);
      const what = isReversed
        ? "is the other way round than the model says: check the wiring, and the signs of the model's parameters"
        : `is ${one.scale > 1 ? "smaller" : "larger"} than the model says, by a factor of ` +
          `${(one.scale > 1 ? one.scale : 1 / one.scale).toPrecision(2)}`;
      return `${aboutResponse(one.name)}${what}; lapgrad diagnose says more after lapgrad shake`;
    }
    return undefined;
  }
}
