/** What a service manager is told, through a systemd-notify of the test's own. */
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { newReading, type Robot, RobotPhase } from "../../src/links/robot.js";
import { Service } from "../../src/runtime/service.js";
import { Shared } from "../../src/runtime/shared.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { newFolder } from "../support/runs.js";
import { childrenOf } from "../support/stalls.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  const program = join(folder, "systemd-notify");
  // fails as often as a file beside its log has lines
  const failing = 'if [ -s "$NOTIFY_SOCKET.fail" ]; then sed -i 1d "$NOTIFY_SOCKET.fail"; exit 1; fi';
  await writeFile(program, `#!/bin/sh\n${failing}\nprintf "%s\\\\n" "$*" >> "$NOTIFY_SOCKET"\n`);
  await chmod(program, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

const environment = (log: string) => ({
  PATH: `${folder}:${process.env.PATH}`,
  NOTIFY_SOCKET: join(folder, log),
  WATCHDOG_USEC: "60000",
});
const said = async (log: string) =>
  (await readFile(join(folder, log), "utf8").catch(() => "")).split("\n").slice(0, -1);
const robot = (phase: RobotPhase, battery: number) => ({ reading: { ...newReading(4, 2), battery }, phase }) as Robot;

/** Waits until the log has a line that it did not have, as often as it takes. */
async function until(log: string, isThere: (lines: string[]) => boolean): Promise<string[]> {
  for (;;) {
    const lines = await said(log);
    if (isThere(lines)) return lines;
    await setTimeout(5);
  }
}

test("ready when the robot answers, alive while the control thread steps, and what it is doing", async () => {
  const shared = new Shared(1);
  const service = new Service(shared, () => {}, environment("log"));
  service.start();
  expect(await until("log", (lines) => lines.length > 0)).toStrictEqual(["STATUS=waiting for the robot"]);
  await setTimeout(100);
  expect(await said("log")).toStrictEqual(["STATUS=waiting for the robot"]); // five periods without a step: not alive

  shared.report(robot(RobotPhase.ready, 7.42));
  shared.countTick(false);
  const ready = await until("log", (lines) => lines.includes("WATCHDOG=1"));
  expect(ready.slice(1, 4)).toStrictEqual(["READY=1", "STATUS=idle, battery 7.4 V", "WATCHDOG=1"]);

  shared.setRuntimeState(RuntimeState.driving);
  await until("log", (lines) => lines.includes("STATUS=driving, battery 7.4 V"));
  const alive = (await said("log")).filter((line) => line === "WATCHDOG=1").length;
  expect(alive).toBe(1);
  await service.end();
  expect((await said("log")).at(-1)).toBe("STOPPING=1");
});

test("a shell that ends is started again, and said", async () => {
  await writeFile(join(folder, "twice.fail"), "1\n2\n");
  const shared = new Shared(1);
  const lines: string[] = [];
  const service = new Service(shared, (text) => lines.push(text), environment("twice"));
  service.start();
  shared.report(robot(RobotPhase.ready, 7.42));
  shared.countTick(false);
  await until("twice", (log) => log.includes("READY=1") && log.includes("STATUS=idle, battery 7.4 V"));
  const what = "the shell that tells the service manager how the robot is ended (exit code 1)";
  expect(lines).toStrictEqual([`${what}; it was started again`, `${what}; it was started again`]);
  expect(shared.stoppedFor).toBe(Fault.none);
  await service.end();
});

test.each([
  ["60000", Fault.serviceNotifier],
  [undefined, Fault.none],
])("one that ends again and again, watchdog %s: fault %s", async (watchdog, fault) => {
  const log = `always-${watchdog}`;
  await writeFile(join(folder, `${log}.fail`), "1\n".repeat(100));
  const shared = new Shared(1);
  const lines: string[] = [];
  const service = new Service(shared, (text) => lines.push(text), { ...environment(log), WATCHDOG_USEC: watchdog });
  service.start();
  while (!lines.some((line) => line.endsWith(", again and again"))) {
    shared.countTick(false);
    await setTimeout(5);
  }
  expect(lines).toHaveLength(4);
  expect(shared.stoppedFor).toBe(fault);
  await service.end();
});

test("a shell that is suspended does not keep the program from ending", async () => {
  const others = childrenOf(process.pid); // of what ran in this process before
  const service = new Service(new Shared(1), () => {}, environment("suspended"));
  service.start();
  await until("suspended", (lines) => lines.length > 0);
  const [shell] = childrenOf(process.pid).filter((child) => !others.includes(child));
  process.kill(shell, "SIGSTOP");
  await service.end();
  // on a busy machine the kernel may still list what has ended
  for (let i = 0; i < 500 && childrenOf(process.pid).includes(shell); i++) await setTimeout(10);
  expect(childrenOf(process.pid)).not.toContain(shell);
});

test("without a manager nothing is started, and one that cannot be told ends no drive", async () => {
  const alone = new Service(new Shared(1), () => {}, { PATH: folder });
  alone.start();
  await alone.end();
  const { NOTIFY_SOCKET } = environment("none");
  const deaf = new Service(new Shared(1), () => {}, { PATH: "/nowhere", NOTIFY_SOCKET });
  deaf.start();
  await setTimeout(50);
  await deaf.end();
  expect(await said("none")).toStrictEqual([]);
});
