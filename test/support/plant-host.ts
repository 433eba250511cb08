/** A robot that is the nominal plant itself, in virtual time: the car's double at the other end of the control loop. */
import type { RunConfig } from "../../src/config/schema.js";
import type { Core } from "../../src/core/core.js";
import { pilotCore } from "../../src/runtime/control.js";
import { ControlLoop } from "../../src/runtime/control-loop.js";
import { GateCheck } from "../../src/runtime/gate-check.js";
import type { ControlHost } from "../../src/runtime/host.js";
import { layoutFor, Ring } from "../../src/runtime/records.js";
import { Order, Shared } from "../../src/runtime/shared.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { ScriptedRobot } from "./scripted-robot.js";

const layout = layoutFor(carFigure8);

/** `disturb` is called before each step. */
export class PlantHost implements ControlHost {
  readonly robot = new ScriptedRobot();
  readonly ring = new Ring(layout);
  readonly shared: Shared;
  readonly #period: number;
  readonly plant: Core;
  readonly #loop: ControlLoop;
  #now = 0;
  #runs = true;
  steps = 0;
  disturb: (step: number) => void | Promise<void> = () => {};

  /** `plant`: settings of the plant alone. */
  static async make(config: RunConfig, plant: Partial<RunConfig> = {}): Promise<PlantHost> {
    return new PlantHost(config, await pilotCore({ ...config, ...plant }), await pilotCore(config));
  }

  private constructor(config: RunConfig, plant: Core, pilot: Core) {
    this.#period = config["control-period"];
    this.plant = plant;
    this.shared = new Shared(pilot.parameterCount());
    const gates = new GateCheck(this.robot, { ...config, heartbeatWithin: 1 }, carFigure8, new Float64Array(0));
    this.#loop = new ControlLoop(pilot, this.robot, gates, this.shared, this.ring, layout);
    this.put();
    this.robot.onReceive = (now) => {
      this.robot.reading.time = now;
      this.robot.reading.heard = now;
      this.robot.reading.state.set(plant.view("plantState"));
    };
    this.robot.onSend = (_, input) => {
      plant.view("inputs").set(input);
      plant.drivePlant(this.#period);
    };
  }

  put(): void {
    this.plant.view("plantState").set(carFigure8.initialState);
    this.plant.restPlant();
  }

  async start(): Promise<void> {}
  async pause(): Promise<void> {
    await this.disturb(this.steps++);
    this.#now += this.#period;
    this.#runs = this.#loop.step(this.#now, false);
  }
  async end(): Promise<void> {
    this.shared.give(Order.quit);
    while (this.#runs) await this.pause();
  }
  note(): undefined {}
  summary(): undefined {}
}
