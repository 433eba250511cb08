/** A robot of a fleet while it learns: what it drives now, and what of its driving counts in the next update. */
import { messageOf } from "../errors.js";
import type { Link } from "../links/link.js";
import type { Batch, Member } from "../rules/definition.js";
import { writeParameters } from "../rules/robots-problem.js";
import { type Traits, traitsOf } from "../rules/traits.js";
import { type DriveEvent, RolloutSource } from "../training/rollout-source.js";
import type { Training } from "../training/training.js";

/** A robot of a fleet that is ready to drive. */
export interface FleetRobot {
  readonly name: string;
  readonly training: Training;
  readonly link: Link;
  /** rollouts driven before */
  readonly driven: number;
  /** it drives no more */
  readonly isOut?: boolean;
  /** Whether it may drive again after a stop; a real robot then waits until somebody allows it. */
  mayReturn(): boolean;
}

/** A simulated robot that stopped is put back this often. */
export const RETURNS = 3;

/** stopped: it may return; gone: for good, or because it has driven all its laps */
type Place = "driving" | "stopped" | "gone";

export class FleetMember {
  readonly robot: FleetRobot;
  place: Place = "driving";
  /** it has driven since the last update */
  isNew = false;
  /** it has finished a lap since all of them had the last time */
  hasLap = false;
  readonly #source: RolloutSource;
  /** what it drove last, which counts in every update until it drives on; undefined: nothing yet */
  #batch: Batch | undefined;
  #traits: Traits | undefined;
  #pending: Promise<void> | undefined;
  /** the piece that is over, or why there will be none */
  #over: DriveEvent | string | undefined;

  constructor(robot: FleetRobot) {
    this.robot = robot;
    this.#source = new RolloutSource(robot.training, robot.link, robot.driven);
  }

  /** Rollouts that are over. */
  get driven(): number {
    return this.#source.index;
  }

  get isLearning(): boolean {
    return this.place === "driving" && this.#batch !== undefined;
  }

  /** Begins to drive a piece, unless it does; settles when that is over, and never fails. */
  drive(): Promise<void> {
    this.#pending ??= this.#source.drive(0).then(
      (event) => {
        this.#over = event;
      },
      (error: unknown) => {
        this.#over = messageOf(error);
      },
    );
    return this.#pending;
  }

  /** The piece that is over, or why there will be none; undefined: it is being driven. */
  take(): DriveEvent | string | undefined {
    const over = this.#over;
    if (over !== undefined) this.#pending = undefined;
    this.#over = undefined;
    return over;
  }

  /** It drives no more for now, or for good; what comes back begins anew. */
  async leave(mayReturn: boolean): Promise<void> {
    this.#source.beginAnew();
    await this.rest(mayReturn ? "stopped" : "gone");
  }

  /** It is brought to rest, as after its last lap, from which a resumed run goes on. */
  async rest(place: Exclude<Place, "driving"> = "gone"): Promise<void> {
    this.place = place;
    this.#batch = undefined;
    this.isNew = false;
    // one that cannot be reached any more stops by itself, and its link says so when it is closed
    await this.robot.link.stop().catch(() => {});
  }

  /** What it drove is kept: the model is fitted to it, and it counts in the next update. */
  learnFrom(hasTraits: boolean): void {
    this.#source.goOn();
    this.#batch = this.#source.batch();
    this.isNew = true;
    if (hasTraits) this.#traits = traitsOf(this.robot.training.core);
  }

  /** As the update rule sees it. */
  get learner(): Member {
    const { core, ruleState: state } = this.robot.training;
    if (!this.#batch) throw new Error(`${this.robot.name} has driven nothing`);
    return { core, batch: this.#batch, state, traits: this.#traits, isKnown: !this.isNew };
  }

  /** After an update: the policy goes to a robot that is in the middle of a piece, or that may come back. */
  handOver(common: Float64Array): void {
    const { core } = this.robot.training;
    this.isNew = false;
    if (this.place === "stopped") writeParameters({ core, traits: this.#traits }, common);
    else if (this.#pending) this.robot.link.handOver?.(core);
  }
}
