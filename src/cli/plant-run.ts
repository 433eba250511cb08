/** `lapgrad plant`: a simulated robot on topics, in real time, until it is interrupted. */
import { monotonicTime } from "../clock.js";
import { completeConfig, type PartialConfig } from "../config/config.js";
import { messageOf, UserError } from "../errors.js";
import { robotFor, transportOf } from "../links/links.js";
import { commandTopics } from "../links/ros2/command.js";
import type { JoinGraph } from "../links/ros2/node.js";
import { PlantNode } from "../links/ros2/plant.js";
import { explainWaiting } from "../links/ros2/rcl.js";
import { ros2SettingsFrom } from "../links/ros2/settings.js";
import type { Output } from "../output.js";
import { pilotCore } from "../runtime/control.js";
import { makeProcessRealTime } from "../runtime/real-time.js";
import { watchInterrupts } from "./interrupt.js";

/** Time between two states [ms]. */
const PERIOD = 20;

export async function plantCommand(given: PartialConfig, output: Output, join: JoinGraph): Promise<void> {
  const config = completeConfig({ ...given, window: "0:0:0" });
  if (transportOf(config.link)?.kind !== "ros2")
    throw new UserError(
      `lapgrad plant is for --link ros2, not for ${config.link}: elsewhere the simulator needs no node`,
    );
  for (const name of ["control-jitter", "network-jitter", "plant-noise"] as const)
    if ([config[name]].flat().some((value) => value > 0))
      throw new UserError(`${name} does nothing to a plant in real time: leave it out`);
  const core = await pilotCore(config);
  const { task } = core.setup;
  robotFor(config, task); // refuses a task that no topic carries
  const settings = ros2SettingsFrom(config, task);
  const interrupt = watchInterrupts();
  try {
    const told = (error: unknown, topic: string) =>
      output.say(`a message of ${topic} cannot be used: ${messageOf(error)}`);
    const explained = explainWaiting(output.say);
    const node = await join(`${settings.node}_plant`, told).finally(explained);
    const plant = new PlantNode(node, settings, core, monotonicTime);
    node.start();
    makeProcessRealTime(process.pid); // a robot has a computer of its own
    const commands = commandTopics(settings).map(({ topic, type }) => `${topic} (${type})`);
    output.say(
      `${task.name}, plant ${config.plant}: state on ${settings.odometry || settings.pose}, commands from ${commands.join(", ")}; Ctrl-C ends it`,
    );
    try {
      await stepUntil(interrupt.signal, () => plant.step());
    } finally {
      node.close(); // while it spins the process does not end
    }
    output.result({ states: plant.states, commands: plant.commands, finalState: Array.from(plant.state) });
  } finally {
    interrupt.release();
  }
}

/** Calls `step` every period; periods that passed are not made up for. */
function stepUntil(signal: AbortSignal, step: () => void): Promise<void> {
  return new Promise((resolve) => {
    let due = performance.now();
    const next = () => {
      if (signal.aborted) return resolve();
      step();
      due = Math.max(due + PERIOD, performance.now());
      setTimeout(next, due - performance.now());
    };
    next();
  });
}
