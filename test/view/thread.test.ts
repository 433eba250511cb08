/** The live page of a command that drives: its thread, a robot in shared memory, a plant, and the end. */
import { afterEach, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { completeConfig } from "../../src/config/config.js";
import { Fault } from "../../src/links/faults.js";
import { Order, Shared } from "../../src/runtime/shared.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { tunnelHint } from "../../src/serve/page.js";
import { FOXGLOVE } from "../../src/view/foxglove-service.js";
import { limitsOf } from "../../src/view/limits.js";
import { type LiveState, type Message, PROTOCOL } from "../../src/view/messages.js";
import { View } from "../../src/view/view.js";
import { until } from "../support/until.js";

const config = completeConfig({ window: "0:0:0", corridor: 0.4 });
let view: View | undefined;
afterEach(async () => {
  await view?.close();
  view = undefined;
});

async function opened(stop: () => void = () => {}): Promise<{ socket: WebSocket; live: LiveState[]; all: Message[] }> {
  view = await View.open({ path: "", config, port: 0 }, stop);
  const { host, search } = new URL(view.address);
  const socket = new WebSocket(`ws://${host}/live${search}`, PROTOCOL);
  const [live, all]: [LiveState[], Message[]] = [[], []];
  socket.on("message", (data) => {
    const message: Message = JSON.parse(String(data));
    all.push(message);
    if (message.kind === "live") live.push(message.live);
  });
  await new Promise((resolve) => socket.once("open", resolve));
  return { socket, live, all };
}

test("a robot is read in shared memory; its stop goes there at once, whatever the main thread does", async () => {
  let stops = 0;
  const { socket, live, all } = await opened(() => stops++);
  const shared = new Shared(3);
  shared.setRuntimeState(RuntimeState.driving);
  shared.now = 12;
  shared.state.set([1, 2, 3, 0.5]);
  view?.watchRobot({ buffer: shared.buffer, parameters: 3, states: 4, limits: limitsOf(config) });
  await until(() => live.length > 2);
  expect(live[2]).toMatchObject({ time: 12, state: [1, 2, 3, 0.5], runtime: "driving", ticks: 0, missed: 0 });
  expect(limitsOf(config)).toMatchObject({ corridor: 0.4, maxSpeed: 5, staleAfter: 0.1, leastBattery: 6.4 });
  expect(all.find(({ kind }) => kind === "run")).toMatchObject({ frame: { title: "car-figure8: car-figure8" } });
  // the main thread hangs: its messages wait, the robot's order does not
  socket.send('{"ask":"stop"}');
  const end = performance.now() + 20_000;
  while (shared.stoppedFor === Fault.none && performance.now() < end);
  expect([shared.stoppedFor, stops]).toEqual([Fault.operatorStop, 0]);
  expect(shared.takeOrder()).toBe(Order.stop);
  await until(() => stops === 1);
  socket.terminate();
});

test("whoever looked before there was a robot is told its gates", async () => {
  const { all, socket } = await opened();
  await until(() => all.some(({ kind }) => kind === "run"));
  const shared = new Shared(3);
  view?.watchRobot({ buffer: shared.buffer, parameters: 3, states: 4, limits: limitsOf(config) });
  await until(() => all.filter(({ kind }) => kind === "run").length === 2);
  const limits = all.flatMap((message) => (message.kind === "hello" ? [message.limits] : []));
  expect(limits).toEqual([{}, limitsOf(config)]);
  socket.terminate();
});

test("Foxglove is sent where a robot is, though nothing was recorded yet", async () => {
  view = await View.open({ path: "", config, port: 0 }, () => {});
  const shared = new Shared(3);
  shared.state.set([1, 2, 3, 0.5]);
  view.watchRobot({ buffer: shared.buffer, parameters: 3, states: 4, limits: limitsOf(config) });
  const { host, search } = new URL(view.address);
  const socket = new WebSocket(`ws://${host}/${search}`, FOXGLOVE[0]);
  const frames: Buffer[] = [];
  socket.on("message", (data: Buffer, isBinary) => {
    if (isBinary) frames.push(data);
    else
      for (const { id, topic } of JSON.parse(String(data)).channels ?? [])
        if (topic === "/pose")
          socket.send(JSON.stringify({ op: "subscribe", subscriptions: [{ id: 5, channelId: id }] }));
  });
  await until(() => frames.length > 2);
  const { frame_id, pose } = JSON.parse(frames[2].subarray(13).toString("utf8"));
  expect([frame_id, pose.position.x, pose.position.y]).toEqual(["map", 1, 2]);
  expect(pose.orientation.z).toBeCloseTo(Math.sin(0.25), 6);
  socket.terminate();
});

test("a page's thread that ends is said, and nobody waits for it", async () => {
  const reasons: string[] = [];
  view = await View.open(
    { path: "", config, port: 0 },
    () => {},
    (why) => reasons.push(why),
  );
  // memory of the wrong size is what its reader cannot use
  view.watchPlant(-1);
  view.say("still there");
  await until(() => reasons.length === 1);
  expect(reasons[0]).toMatch(/./);
});

test("at most twenty times a second", async () => {
  const { live, socket } = await opened();
  view?.watchPlant(2)(1, [5, 6]);
  await until(() => live.length > 0);
  const began = performance.now();
  const before = live.length;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(live.length - before).toBeLessThanOrEqual(Math.ceil((performance.now() - began) / 50) + 1);
  socket.terminate();
});

test("a plant's state, the log, and a hint for other computers", async () => {
  const { live, all, socket } = await opened();
  const show = view?.watchPlant(2);
  view?.say("hello");
  await until(() => live.length > 0);
  expect(live[0]).toEqual({ time: 0, state: [0, 0] });
  show?.(3, [7, 8]);
  await until(() => live.at(-1)?.time === 3);
  expect(live.at(-1)?.state).toEqual([7, 8]);
  await until(() => all.some((message) => message.kind === "log" && message.lines.includes("hello")));
  const { port } = new URL(view?.address ?? "");
  expect(tunnelHint(view?.address ?? "")).toContain(`ssh -L ${port}:127.0.0.1:${port}`);
  socket.terminate();
});
