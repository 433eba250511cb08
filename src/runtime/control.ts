/** Everything that a control loop is made of, from a configuration. */
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import type { RobotDescription } from "../links/definition.js";
import type { Robot, Transport } from "../links/robot.js";
import type { PoseSource } from "../pose/source.js";
import { setTiming } from "../recording/timing.js";
import { coreFor } from "../session.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { ControlLoop } from "./control-loop.js";
import { Floor, type FloorPlace } from "./floor.js";
import { Gamepad } from "./gamepad.js";
import type { GamepadPort } from "./gamepad-device.js";
import { GateCheck } from "./gate-check.js";
import { HandDriver } from "./hand-driver.js";
import { ListeningLoop } from "./listening-loop.js";
import { Moving } from "./move.js";
import { OutsidePoses } from "./outside-poses.js";
import { layoutFor, type Ring } from "./records.js";
import type { Shared } from "./shared.js";
import { trackOf } from "./track.js";
import { silenced } from "./transport.js";

/** Steps with the policy before the first real one, so that everything is compiled [control steps]. */
const WARM_UP = 300;

export interface ControlOptions {
  /** the operator must give a heartbeat this often [s]; Infinity: need not */
  readonly heartbeatWithin: number;
  /** somebody drives the robot, which is only heard: nothing is sent to it, but for what a gamepad says */
  readonly listens?: boolean;
  /** whoever drives it must hold its button; undefined: nobody need to */
  readonly gamepad?: GamepadPort | undefined;
  /** it drives moves (runtime/move.ts), and no policy */
  readonly moves?: boolean;
  /** where the robots of its fleet are; undefined: it has none */
  readonly floor?: FloorPlace | undefined;
  /** ask the system for real-time priority; default: yes */
  readonly realTime?: boolean;
}

/** A robot that is only heard is looked at this often [s]: most say more than their task's control steps take in. */
const HEARD = 0.02;

/** Time between two steps of the loop [s]. */
export function loopPeriod({ timing }: Pick<TaskDefinition, "timing">, { listens }: ControlOptions): number {
  return listens ? Math.min(HEARD, timing.controlPeriod) : timing.controlPeriod;
}

/** A core for driving: room for one control step, timed as on hardware. */
export async function pilotCore(config: RunConfig): Promise<Core> {
  const core = await coreFor(config, 1, 1, 1);
  setTiming(core, "hardware");
  return core;
}

/**
 * The loop, warmed up; of a robot that is only heard one that cannot drive. `poses`: measured from outside, undefined:
 * none are.
 */
export async function controlLoop(
  config: RunConfig,
  description: RobotDescription,
  transport: Transport,
  nonce: number,
  shared: Shared,
  ring: Ring,
  options: ControlOptions,
  poses?: Pick<PoseSource, "poll">,
): Promise<Pick<ControlLoop, "step">> {
  const outside = poses && new OutsidePoses(poses);
  const gamepad = options.gamepad && new Gamepad(options.gamepad.descriptor, options.gamepad.mapping);
  if (options.listens && gamepad) {
    const driven = description.make(transport, nonce);
    const { task } = resolveTask(config);
    const hand = new HandDriver(driven, gamepad, loopPeriod(task, options));
    const gates = new GateCheck(driven, { ...config, ...options }, task, new Float64Array());
    return new ListeningLoop(driven, shared, ring, outside, hand, gates);
  }
  if (options.listens) {
    const quiet = (description.whenHeard ?? silenced)(transport);
    return new ListeningLoop(description.make(quiet, nonce), shared, ring, outside);
  }
  const core = await pilotCore(config);
  const { task } = core.setup;
  const robot: Robot = description.make(transport, nonce);
  const track = trackOf(core);
  warmUp(core);
  const gates = new GateCheck(robot, { ...config, ...options }, task, track);
  if (options.floor) gates.seen.floor = new Floor(options.floor);
  const moving = options.moves ? new Moving() : undefined;
  return new ControlLoop(core, robot, gates, shared, ring, layoutFor(task), outside, gamepad, moving);
}

/** Code runs at full speed only after some calls: the first command of a drive must not be the slowest. */
function warmUp(core: Core): void {
  const { task } = core.setup;
  core.beginDrive();
  core.write("plantState", task.initialState);
  for (let i = 0; i < WARM_UP; i++) core.tick(i * task.timing.controlPeriod);
}
