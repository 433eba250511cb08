/** `lapgrad stop` against processes that drive and do not listen any more. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, realpath, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import stopCommand from "../../src/cli/commands/stop.js";
import { Fault } from "../../src/links/faults.js";
import { Order, Shared } from "../../src/runtime/shared.js";
import { findDrivingProcesses, newSocketName } from "../../src/runtime/stop-socket.js";
import { lapgrad } from "../cli/process.js";
import { Captured, newFolder } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await realpath(await newFolder());
  for (const run of ["one", "one-more"]) await mkdir(join(folder, run, "drives"), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** A process that drives, records in `run`, and whose main thread hangs. */
async function hangingDriver(run: string, control = "drives"): Promise<number> {
  const script = fileURLToPath(new URL("./hanging-driver.js", import.meta.url));
  const args = [script, `/dev/${run}`, join(folder, run, "drives"), control];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

/** What happened to the process. */
function outcomeOf(output: Captured, pid: number): unknown {
  const [{ robots }] = output.results as [{ robots: { pid: number; device: string; outcome: string }[] }];
  const robot = robots.find((one) => one.pid === pid);
  return robot && [robot.device, robot.outcome];
}

test("a robot comes to rest though the main thread of its process hangs", async () => {
  const pid = await hangingDriver("one");
  const { code, stdout, stderr } = await lapgrad(folder, ["stop", "one"]);
  expect([code, stderr]).toStrictEqual([0, ""]);
  expect(stdout).toMatch(new RegExp(`^process ${pid}, /dev/one, .*one/drives: at rest and disarmed after `));
  const again = new Captured();
  expect(await stopCommand.run({ run: join(folder, "one") }, again)).toBe(true);
  expect(outcomeOf(again, pid)).toStrictEqual(["/dev/one", "at rest"]);
});

test("only the robot of the run that is named, and a name that begins like it is another", async () => {
  const [one, more] = await Promise.all([hangingDriver("one"), hangingDriver("one-more")]);
  const first = new Captured();
  expect(await stopCommand.run({ run: join(folder, "one") }, first)).toBe(true);
  expect(outcomeOf(first, one)).toStrictEqual(["/dev/one", "at rest"]);
  expect(outcomeOf(first, more)).toBeUndefined();
  const rest = new Captured();
  expect(await stopCommand.run({ run: folder }, rest)).toBe(true);
  expect(outcomeOf(rest, more)).toStrictEqual(["/dev/one-more", "at rest"]);
});

test("a control thread that does not stop: it says what to do, and fails", async () => {
  const pid = await hangingDriver("one", "hangs");
  const output = new Captured();
  expect(await stopCommand.run({ run: join(folder, "one") }, output, 300)).toBe(false);
  expect(outcomeOf(output, pid)).toStrictEqual(["/dev/one", "not stopped"]);
  expect(output.lines[0]).toContain(`NOT STOPPED: cut the robot's power; or kill -9 ${pid}: `);
});

test("a process that was killed leaves nothing behind, and nothing driving is no error", async () => {
  const pid = await hangingDriver("one");
  started[0]?.kill("SIGKILL");
  await once(started[0] ?? {}, "exit");
  expect(findDrivingProcesses().filter((driver) => driver.pid === pid)).toStrictEqual([]);
  const output = new Captured();
  expect(await stopCommand.run({ run: join(folder, "one") }, output)).toBe(true);
  expect(output.lines).toStrictEqual([`nothing drives a robot in ${join(folder, "one")}`]);
});

test("a name that another process's number was put into is not believed", async () => {
  const name = newSocketName().replace(`-${process.pid}-`, "-1-");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(name, resolve));
  try {
    const mine = findDrivingProcesses().find(({ socket }) => socket === name);
    expect(mine).toMatchObject({ pid: 1, isOurs: false });
  } finally {
    server.close();
  }
});

test("an order to stop holds: none after it but the end counts, whoever gave it first", () => {
  const shared = new Shared(1);
  shared.give(Order.drive);
  shared.give(Order.stop);
  expect(shared.takeOrder()).toBe(Order.stop);
  shared.give(Order.stop, Fault.suspended); // too late to be the reason
  const { stoppedFor } = shared;
  shared.takeOrder();
  expect([shared.isTaken(), stoppedFor, shared.takeOrder()]).toStrictEqual([true, Fault.operatorStop, Order.none]);
  for (const order of [Order.arm, Order.drive, Order.finish]) {
    shared.give(order);
    expect(shared.takeOrder()).toBe(Order.stop);
  }
  shared.give(Order.quit);
  expect(shared.takeOrder()).toBe(Order.quit);
});

test.each([
  [["stop", "none"], 2, /cannot stop what drives in none: there is no such file/],
  [["stop", "--device", ""], 2, /--device is empty/],
  [["stop", "--device", "/dev/null"], 1, /cannot open \/dev\/null/],
])("%j", async (args, expected, message) => {
  const { code, stderr } = await lapgrad(folder, args);
  expect(code).toBe(expected);
  expect(stderr).toMatch(message);
});
