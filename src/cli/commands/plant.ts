/** `lapgrad plant`: a simulated robot on topics, in real time, until it is interrupted. */
import { monotonicTime } from "../../clock.js";
import { completeConfig } from "../../config/config.js";
import { machine } from "../../doctor/machine.js";
import { requireRos } from "../../doctor/ros.js";
import { messageOf, UserError } from "../../errors.js";
import { robotFor, transportOf } from "../../links/links.js";
import { commandTopics } from "../../links/ros2/command.js";
import type { JoinGraph } from "../../links/ros2/node.js";
import { PlantNode } from "../../links/ros2/plant.js";
import { explainWaiting, joinRos } from "../../links/ros2/rcl.js";
import { ros2SettingsFrom } from "../../links/ros2/settings.js";
import { pilotCore } from "../../runtime/control.js";
import { makeProcessRealTime } from "../../runtime/real-time.js";
import { text } from "../arguments.js";
import { defineCommand } from "../command.js";
import { whileShown } from "../live.js";
import { withTask } from "../settings.js";
import { viewing } from "../shared.js";

/** Time between two states [ms]. */
const PERIOD = 20;

/** Joins the graph of this machine's ROS 2, if it has one. */
const joinHere: JoinGraph = async (name, onError) => {
  requireRos(machine);
  return joinRos(name, onError);
};

export default defineCommand({
  describe: "a simulated robot as a ROS 2 node, to drive it from another terminal",
  args: {
    task: { type: text, positional: true, describe: "whose robot", defaultNote: "car-figure8" },
    ...viewing,
  },
  /** what a simulated robot as a node depends on */
  settings: ["link", "plant", "plant-model", "plant-change", "plant-delay", "plant-lag", "parameters", "ros2"],
  examples: {
    "lapgrad plant --link ros2 --plant identified": "the JetRacer, seen by motion capture",
    "lapgrad plant quadruped-figure8 --link ros2": "the Go1, with odometry and cmd_vel",
  },
  async run(args, printed, join: JoinGraph = joinHere) {
    const config = completeConfig({ ...withTask(args), window: "0:0:0" });
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
    await whileShown(args, { path: "", config }, printed, async ({ output, view }, { signal }) => {
      const told = (error: unknown, topic: string) =>
        output.say(`a message of ${topic} cannot be used: ${messageOf(error)}`);
      const explained = explainWaiting(output.say);
      const node = await join(`${settings.node}_plant`, told).finally(explained);
      const plant = new PlantNode(node, settings, core, monotonicTime);
      plant.onStop = () =>
        output.say(`no command came for ${settings.silentAfter} s: it stands, and follows from a neutral one on`);
      node.start();
      makeProcessRealTime(process.pid); // a robot has a computer of its own
      const commands = commandTopics(settings).map(({ topic, type }) => `${topic} (${type})`);
      const topics = `state on ${settings.odometry || settings.pose}, commands from ${commands.join(", ")}`;
      output.say(`${task.name}, plant ${config.plant}: ${topics}; Ctrl-C ends it`);
      const show = view?.watchPlant(task.columns.state.length);
      try {
        await stepUntil(signal, () => {
          plant.step();
          show?.(monotonicTime(), plant.state);
        });
      } finally {
        node.close(); // while it spins the process does not end
      }
      output.result({ states: plant.states, commands: plant.commands, finalState: Array.from(plant.state) });
    });
  },
});

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
