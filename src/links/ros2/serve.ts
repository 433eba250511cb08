/**
 * The process of the ROS node. Its control thread is at the other end of two pipes, its parent at the other end of an
 * IPC channel; it lives as long as its parent does, and brakes the robot when that is gone.
 */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { monotonicTime } from "../../clock.js";
import { messageOf } from "../../errors.js";
import type { TaskDefinition } from "../../tasks/definition.js";
import { type Live, liveTopics } from "./live.js";
import type { JoinGraph } from "./node.js";
import { COMMAND_BYTES, CommandSlot } from "./record.js";
import { BEAT, Relay } from "./relay.js";
import type { Ros2Settings } from "./settings.js";

/** From the parent. */
export type Order =
  | { readonly order: "start"; readonly settings: Ros2Settings; readonly task: TaskDefinition }
  | { readonly order: "show"; readonly live: Live }
  | { readonly order: "end" };

/** To the parent. */
export type Answer =
  | { readonly answer: "ready" }
  | { readonly answer: "say"; readonly text: string }
  | { readonly answer: "ended" };

/** A terminal's keys go to both processes, and SIGUSR1 would open Node's inspector. */
const HEARD_BY_PARENT = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGUSR1", "SIGUSR2"] as const;

/** Descriptors that the parent gives: commands come, states go. */
export const COMMANDS = 3;
export const STATES = 4;

/**
 * A robot that nobody drives any more hears neutral for this long, at every beat, and then the node ends [ms]: what any
 * robot may need to stand.
 */
const BRAKE_FOR = 3_000;

/** Joins the graph when the parent says so, and relays until it ends. */
export function serve(join: JoinGraph): void {
  const answer = (what: Answer, then = () => {}) => {
    if (process.connected) process.send?.(what, then);
    else then();
  };
  const say = (text: string) => answer({ answer: "say", text });
  let show: (live: Live) => void = () => {};
  let leave = async () => {};

  const begin = async (settings: Ros2Settings, task: TaskDefinition) => {
    let onError: (error: unknown, topic: string) => void = () => {};
    const node = await join(settings.node, (error, topic) => onError(error, topic));
    const relay = new Relay(node, settings, { clock: monotonicTime, write: writeState, say });
    onError = (error, topic) => relay.onError(error, topic);
    if (!settings.listens) show = liveTopics(node, settings.node, () => relay.frame, task);
    node.start();
    const commands = readCommands((row) => relay.carryOut(row));
    const timer = setInterval(() => relay.beat(), 1000 * BEAT);
    leave = async () => {
      leave = async () => {};
      commands.destroy();
      if (relay.abandon()) await new Promise((resolve) => setTimeout(resolve, BRAKE_FOR));
      clearInterval(timer);
      relay.end();
      node.close();
    };
    answer({ answer: "ready" });
  };
  // the parent has heard everything before this process is gone
  let isEnding = false;
  const end = async () => {
    if (isEnding) return; // an order, and then the parent goes
    isEnding = true;
    await leave();
    answer({ answer: "ended" }, () => process.exit(0));
  };
  const fail = async (error: unknown) => {
    // what fails while it brakes keeps it from braking
    const brakes = isEnding ? Promise.resolve() : leave();
    isEnding = true;
    await new Promise<void>((resolve) => answer({ answer: "say", text: `ROS 2: ${messageOf(error)}` }, resolve));
    await brakes.catch(() => {});
    process.exit(1);
  };

  // the parent brakes first and ends this process then
  for (const signal of HEARD_BY_PARENT) process.on(signal, () => {});
  process.on("uncaughtException", (error) => void fail(error));
  process.on("disconnect", () => void end());
  process.on("message", (message: Order) => {
    if (message.order === "start") void begin(message.settings, message.task).catch(fail);
    else if (message.order === "show") show(message.live);
    else void end();
  });
}

/** Gives a row to the control thread; if that does not read any more, the row is lost, as old states should be. */
function writeState(row: Float64Array): void {
  try {
    writeSync(STATES, new Uint8Array(row.buffer));
  } catch {
    // the pipe is full
  }
}

/** Takes the rows of the control thread, of those that came together the last. */
function readCommands(take: (row: Float64Array) => void): Socket {
  const commands = new Socket({ fd: COMMANDS, readable: true, writable: false });
  return commands.on("data", (bytes) => {
    const last = bytes.length - COMMAND_BYTES;
    if (last < 0) return;
    const copy = Uint8Array.from(bytes.subarray(last));
    take(new Float64Array(copy.buffer, 0, CommandSlot.count));
  });
}
