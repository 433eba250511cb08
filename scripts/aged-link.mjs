/**
 * A simulated car that is driven step by step by a core of its own, as the control thread of a robot does, and whose
 * measured pose is old: by an age that is drawn anew for every step. Some of its positions may be far off, and its
 * actuators may do something else than they were told.
 */

import { addFiring, firingCount, firingsSince } from "../build/src/core/firings.js";
import { setTiming } from "../build/src/recording/timing.js";
import { handedOver, Takeover } from "../build/src/runtime/handover.js";
import { layoutFor, RecordKind } from "../build/src/runtime/records.js";
import { storeRollout } from "../build/src/runtime/rollout-rows.js";
import { coreFor } from "../build/src/session.js";
import { uniformFrom } from "../build/src/statistics.js";

/** Largest age [s]. */
const OLDEST = 0.06;

export class AgedLink {
  name = "aged";
  #plant;
  #pilot;
  #layout;
  #takeover;
  #random;
  /** true states at the last steps, newest first */
  #history = [];
  #noise = [0, 0, 0, 0];
  /** network calls that old parameters still drive */
  #late = 0;
  #outliers;
  #oldest;
  #actuators;
  #now = 0;
  /** What was driven since standstill, with the true states; for who wants to know what it truly cost. */
  truth = { rows: [], end: undefined };

  /**
   * `late`: network calls after which new parameters act; `outliers`: part of the positions that are off, and by how
   * much [m]; `oldest`: age of a pose at most [s], below {@link OLDEST}; `actuators`: what is done of a command
   */
  static async of(config, seed, late = 0, { outliers, oldest = OLDEST, actuators = (command) => command } = {}) {
    const link = new AgedLink();
    const plant = await coreFor(config, 1, 1, 1);
    const pilot = await coreFor(config, 1, 1, 1);
    setTiming(pilot, "hardware");
    link.#noise = [...plant.view("plantNoise")];
    plant.view("plantNoise").fill(0);
    link.#plant = plant;
    link.#pilot = pilot;
    link.#layout = layoutFor(plant.setup.task);
    link.#takeover = new Takeover(pilot);
    link.#random = uniformFrom(seed);
    link.#late = late;
    link.#outliers = outliers ?? { part: 0, size: 0 };
    link.#oldest = oldest;
    link.#actuators = actuators;
    return link;
  }

  get layout() {
    return this.#layout;
  }

  async drive(core, index, segments) {
    const state = core.view("states", index).slice(0, 4);
    this.#plant.view("plantState").set(state);
    this.#plant.restPlant();
    this.#history = Array.from({ length: 5 }, () => state);
    this.#now = core.view("counts", index)[2];
    this.#takeOver(core);
    this.#pilot.beginDrive();
    return this.#collect(core, index, segments, false);
  }

  async driveOn(core, index, segments, previous, kept) {
    if (this.#late === 0) this.#takeOver(core);
    core.driveOn(index, previous, kept);
    return this.#collect(core, index, segments, true);
  }

  #takeOver(core) {
    this.#pilot.view("parameters").set(core.view("parameters"));
    this.#takeover.numbers.set(handedOver(core));
    this.#takeover.apply();
  }

  #collect(core, index, segments, goesOn) {
    const rows = [];
    const add = (row) => {
      rows.push(row);
      this.truth.rows.push(this.#withTruth(row));
    };
    const { bounds, timing } = core.setup.task;
    const firings = firingCount(this.#pilot);
    for (let calls = 0; ; ) {
      const measured = this.#measure();
      const within = measured.every((value, i) => value >= bounds.low[i] && value <= bounds.high[i]);
      const calling = this.#pilot.networkDue(this.#now);
      if (!within || (calling && calls === segments)) {
        const end = new Float64Array(this.#layout.width);
        end.set([RecordKind.end, this.#now, ...measured]);
        this.truth.end = this.#withTruth(end);
        storeRollout(core, index, rows, end, this.#layout, goesOn);
        for (const firing of firingsSince(this.#pilot, firings)) addFiring(core, firing);
        return { steps: core.view("counts", index)[0], stopped: within ? undefined : "it left its bounds" };
      }
      if (calling && calls === this.#late && goesOn) this.#takeOver(core);
      this.#pilot.view("plantState").set(measured);
      this.#pilot.tick(this.#now);
      if (calling) add(this.#row(RecordKind.call, measured, ["outputs", "setpoints", "gains"]));
      if (calling) calls++;
      add(this.#row(RecordKind.step, measured, ["inputs", "references", "residuals", "stageCosts"]));
      this.#plant.view("inputs").set(this.#actuators(this.#pilot.view("inputs")));
      this.#plant.drivePlant(timing.controlPeriod);
      this.#history.unshift(this.#plant.view("plantState").slice());
      this.#history.pop();
      this.#now += timing.controlPeriod;
    }
  }

  #row(kind, measured, regions) {
    const pilot = this.#pilot;
    const row = new Float64Array(this.#layout.width);
    const parts = regions.flatMap((name) => [...pilot.view(name)]);
    row.set([kind, this.#now, ...measured, ...parts, pilot.view("paces")[0], pilot.view("taskShifts")[0]]);
    return row;
  }

  #withTruth(row) {
    const copy = row.slice();
    copy.set(this.#history[0], 2);
    return copy;
  }

  /** Position and heading as they were some time ago, the speed as it is. */
  #measure() {
    const age = (this.#oldest * this.#random()) / this.#pilot.setup.task.timing.controlPeriod;
    const before = Math.floor(age);
    const part = age - before;
    const [newer, older] = [this.#history[before], this.#history[before + 1]];
    const state = newer.map((value, i) => value + part * (older[i] - value) + this.#noise[i] * this.#normal());
    state[2] = this.#history[0][2];
    const { part: often, size } = this.#outliers;
    if (often > 0 && this.#random() < often) {
      const direction = 2 * Math.PI * this.#random();
      state[0] += size * Math.cos(direction);
      state[1] += size * Math.sin(direction);
    }
    return state;
  }

  /** Twelve uniform numbers less six. */
  #normal() {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.#random();
    return sum;
  }

  async open() {}
  async stop() {}
  async close() {}
}
