/** `lapgrad stop` against processes that drive and do not listen any more. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, realpath, rm, symlink } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import stopCommand from "../../src/cli/commands/stop.js";
import { Fault } from "../../src/links/faults.js";
import { Order, Shared } from "../../src/runtime/shared.js";
import { stopDriver } from "../../src/runtime/stop-drivers.js";
import { StopListener } from "../../src/runtime/stop-listener.js";
import { AT_REST, findDrivingProcesses, newSocketName } from "../../src/runtime/stop-socket.js";
import { alone, lapgrad } from "../cli/process.js";
import { Captured, newFolder } from "../support/runs.js";
import { tool } from "../support/tools.js";

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

const scriptOf = (name: string) => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Starts a process, and waits until it listens. */
async function listening(command: string, ...args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

/** A process that drives, records in `run`, and whose main thread hangs; at most so many files may be open in it. */
function hangingDriver(run: string, control = "drives", files = 4096): Promise<number> {
  const args = [scriptOf("hanging-driver"), `/dev/${run}`, join(folder, run, "drives"), control];
  return listening("sh", "-c", `ulimit -n ${files}; exec "$@"`, "sh", process.execPath, ...args);
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

test("connections that say nothing, as many as files may be open and more, hinder nobody", async () => {
  const pid = await hangingDriver("one", "drives", 128);
  const socket = findDrivingProcesses().find((driver) => driver.pid === pid)?.socket ?? "";
  let closed = 0;
  const connections = Array.from({ length: 200 }, () =>
    connect(socket)
      .on("error", () => {})
      .on("close", () => closed++)
      .resume(),
  );
  const { code, stdout } = await lapgrad(folder, ["stop", "one"]);
  expect([code, stdout]).toStrictEqual([0, expect.stringContaining("at rest and disarmed after ")]);
  while (closed < connections.length) await setTimeout(20); // the last ones after a second
});

test("where too few files may be open to hear it, nothing is driven", async () => {
  const child = spawn("sh", ["-c", 'ulimit -n 48; exec "$@"', "sh", process.execPath, scriptOf("hanging-driver")]);
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  const [code] = await once(child, "close");
  expect(code).toBe(1);
  expect(said).toMatch(/only 48 files may be open, and \d+ are: .* raise the limit: ulimit -n \d+/);
});

test("a process whose socket does not answer gets the signal of Ctrl-C", async () => {
  const pid = await listening(process.execPath, scriptOf("deaf-driver"));
  const driver = findDrivingProcesses().find((one) => one.pid === pid);
  if (!driver) throw new Error("it is not found");
  const ended = once(started.at(-1) as ChildProcess, "exit");
  expect(await stopDriver(driver, {}, 5000)).toMatchObject({ pid, outcome: "ended" });
  expect(await ended).toStrictEqual([0, null]);
});

test("what a process says of itself does nothing to a terminal, and has an end", async () => {
  const about = { pid: process.pid, device: "/dev/\u001b[2J\u009b31m", drives: `${folder}/one/${"a\n".repeat(4000)}` };
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(`${AT_REST}\n`));
    socket.write(`${JSON.stringify(about)}\n`);
  });
  await new Promise<void>((resolve) => server.listen(newSocketName(), resolve));
  try {
    const output = new Captured();
    expect(await stopCommand.run({ run: join(folder, "one") }, output)).toBe(true);
    const line = output.lines.find((one) => one.startsWith(`process ${process.pid}, `)) ?? "";
    expect(line).toMatch(/^process \d+, \/dev\/\ufffd\[2J\ufffd31m, .*one\/a a a [a ]+…: at rest and disarmed after /);
    expect(line.length).toBeLessThan(700);
  } finally {
    server.close();
  }
});

tool("unshare").test("a driver in another network is named, with how to stop it there", async () => {
  const program = join(folder, "lapgrad");
  await symlink(scriptOf("hanging-driver"), program);
  const words = [program, "train", "--link", "serial", "--arm"];
  const pid = await listening("unshare", "-n", process.execPath, ...words);
  expect(findDrivingProcesses().filter((driver) => driver.pid === pid)).toStrictEqual([]);
  const output = new Captured();
  expect(await stopCommand.run({ run: join(folder, "one") }, output)).toBe(false);
  const line = output.lines.find((one) => one.startsWith(`process ${pid}: NOT STOPPED: `));
  for (const way of [
    `nsenter -t ${pid} -n -m -p lapgrad stop`,
    `kill -INT ${pid}`,
    "docker exec",
    "cut the robot's power",
  ])
    expect(line).toContain(way);
  expect(output.results).toMatchObject([{ unseen: expect.arrayContaining([pid]) }]);
});

(alone.length > 0 ? test : test.skip)("without a folder it stops every robot that it sees", async () => {
  const outside = await hangingDriver("one");
  const said = join(folder, "said.txt");
  const driver = [process.execPath, scriptOf("hanging-driver"), "/dev/mine", join(folder, "one", "drives"), "drives"];
  const script = `${driver.join(" ")} > ${said} & until [ -s ${said} ]; do sleep 0.05; done; "$@"`;
  const { code, stdout } = await lapgrad(folder, ["stop"], undefined, [...alone, "sh", "-c", script, "sh"]);
  expect([code, stdout]).toStrictEqual([
    0,
    expect.stringMatching(/^process \d+, \/dev\/mine, [^\n]* at rest [^\n]*\n$/),
  ]);
  const mine = new Captured();
  expect(await stopCommand.run({ run: join(folder, "one") }, mine)).toBe(true);
  expect(outcomeOf(mine, outside)).toStrictEqual(["/dev/one", "at rest"]);
});

describe("the thread that listens", () => {
  const about = { pid: process.pid, device: "none", drives: "none" };
  const listener = (shared: Shared, said: string[], program: string) => {
    const heard = { onStop: () => {}, say: (text: string) => void said.push(text) };
    return new StopListener(shared, 1, about, heard, new URL(`./${program}.js`, import.meta.url));
  };

  test("is started again when it ends, and said; again and again, the robot is stopped for it", async () => {
    const shared = new Shared(1);
    const said: string[] = [];
    const ending = listener(shared, said, "ending-thread");
    await ending.start();
    while (shared.stoppedFor === Fault.none) await setTimeout(5);
    expect(shared.stoppedFor).toBe(Fault.stopListener);
    const what = "the thread that listens for lapgrad stop ended (its thread ended";
    expect(said).toStrictEqual([...Array(3).fill(`${what}); it was started again`), `${what}; again and again)`]);
    await ending.end();
  });

  test("that cannot listen keeps the robot from being driven", async () => {
    const start = listener(new Shared(1), [], "no-such-thread").start();
    await expect(start).rejects.toThrow(/^lapgrad stop could not reach this program, so no robot is driven: /);
  });
});

test.each([
  [["stop", "none"], 2, /cannot stop what drives in none: there is no such file/],
  [["stop", "--device", ""], 2, /--device is empty/],
  [["stop", "one", "--device", "/dev/null"], 1, /cannot open \/dev\/null/],
])("%j", async (args, expected, message) => {
  const { code, stderr } = await lapgrad(folder, args, undefined, alone);
  expect(code).toBe(expected);
  expect(stderr).toMatch(message);
});
