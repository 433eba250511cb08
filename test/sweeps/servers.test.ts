/**
 * Plans done by a Slurm of one computer and by workers on a real Redis, while workers, servers and collectors are
 * killed: every job once in the results, with the bits of local workers. Only with LAPGRAD_REQUIRE_ENGINES=1, as
 * root, and with the packages that scripts/slurm-desk.mjs names, and bullmq and ioredis.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readPlan } from "../../src/sweeps/plan.js";
import { lapgrad, main } from "../cli/process.js";
import { newFolder } from "../support/runs.js";

/** What the scripts for these servers offer. */
interface Desk {
  readonly environment: NodeJS.ProcessEnv;
  start(): Promise<void>;
  startController(): void;
  kill(name?: string): Promise<void>;
  command(...words: readonly string[]): string;
  stop(): Promise<void>;
}
interface Scripts {
  readonly SlurmDesk: new (folder: string, options: { readonly port: number }) => Desk;
  readonly RedisDesk: new (folder: string, port: number, options?: readonly string[]) => Desk;
}

const isWanted = process.env.LAPGRAD_REQUIRE_ENGINES === "1";
const onServers = isWanted ? describe : describe.skip;
const title = (name: string) => (isWanted ? name : `${name} (LAPGRAD_REQUIRE_ENGINES is not 1)`);

const [SLURM_PORT, REDIS_PORT, TLS_PORT] = [7857, 7859, 7860];
/** Each takes a good second: something can be killed meanwhile. */
const YAML = "settings: {task: cart-pole}\nseeds: 12\nminutes: 0.6\n";

const load = async (name: string) => (await import(pathToFileURL(join("scripts", name)).href)) as Scripts;

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  if (!isWanted) return;
  await writeFile(join(folder, "tiny.yaml"), YAML);
  await lapgrad(folder, "plan tiny.yaml --out local".split(" "));
  await lapgrad(folder, "collect local --engine local".split(" "));
});
afterAll(() => rm(folder, { recursive: true }));

interface Started {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

function start(line: string, env: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, [main, ...line.split(" ")], { cwd: folder, env });
  running.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += data));
  return { child, text: () => text, ended: once(child, "close").then(([code]) => code as number | null) };
}

/** Waits; `started`: a program that must not end meanwhile. */
async function until(isSo: () => boolean, started?: Started): Promise<void> {
  while (!isSo()) {
    if (started && started.child.exitCode !== null) throw new Error(`it ended too soon: ${started.text()}`);
    await sleep(100);
  }
}

const resultsIn = (name: string) => readdirSync(join(folder, name, "results")).filter((file) => file.endsWith(".json"));

/** Every job has one result, with the bits of local workers. */
async function expectSame(name: string): Promise<void> {
  const plan = await readPlan(join(folder, name));
  expect(resultsIn(name).sort()).toEqual(
    plan
      .names()
      .map((job) => `${job}.json`)
      .sort(),
  );
  for (const file of resultsIn(name)) {
    const [one, other] = [name, "local"].map((of) => readFileSync(join(folder, of, "results", file), "utf8"));
    expect(one).toBe(other);
  }
}

/** Processes that do jobs of a plan. */
function tasksOf(name: string): number[] {
  const path = join(folder, name, "plan.jsonl");
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const words = readFileSync(`/proc/${Number(pid)}/cmdline`, "utf8").split("\0");
      return words[2] === "job" && words.includes(path) ? [Number(pid)] : [];
    } catch {
      return []; // no process, or none any more
    }
  });
}

onServers(title("Slurm"), () => {
  let desk: Desk;
  beforeAll(async () => {
    const { SlurmDesk } = await load("slurm-desk.mjs");
    desk = new SlurmDesk(join(folder, "slurm"), { port: SLURM_PORT });
    await desk.start();
  });
  afterAll(() => desk.stop());

  test("worker killed, node drained, controller killed, collector killed", async () => {
    await lapgrad(folder, "plan tiny.yaml --out slurm-plan".split(" "));
    const line = "collect slurm-plan --engine slurm --block 2 --json";
    const first = start(line, desk.environment);
    await until(() => tasksOf("slurm-plan").length > 0);
    for (const pid of tasksOf("slurm-plan")) process.kill(pid, "SIGKILL");
    const [node] = desk.command("sinfo", "--noheader", "--format=%n").trim().split("\n");
    desk.command("scontrol", "update", `nodename=${node}`, "state=drain", "reason=test");
    first.child.kill("SIGKILL");
    await first.ended;
    const second = start(line, desk.environment);
    await until(() => /blocks? wait/.test(second.text()), second);
    await desk.kill("slurmctld");
    await sleep(500);
    desk.startController();
    const stateOfNode = () => {
      try {
        return desk.command("sinfo", "--noheader", "--format=%T").trim();
      } catch {
        return ""; // the controller does not answer yet
      }
    };
    await until(() => stateOfNode() !== "");
    // it may not have written that the node is drained before it was killed
    if (stateOfNode().includes("drain")) desk.command("scontrol", "update", `nodename=${node}`, "state=resume");
    expect(await second.ended).toBe(0);
    await expectSame("slurm-plan");
  });

  test.each([
    ["--partition moon", /Slurm refuses --partition \(.*moon.*sinfo/],
    ["--memory 999T", /Slurm refuses .*(--memory|node)/],
  ])("refuses %s in one sentence", async (words, part) => {
    await lapgrad(folder, "plan tiny.yaml --out refused".split(" "));
    const { ended, text } = start(`collect refused --engine slurm ${words}`, desk.environment);
    expect(await ended).toBe(1);
    expect(text()).toMatch(part);
    expect(text().trim().split("\n")).toHaveLength(1);
  });
});

onServers(title("Redis"), () => {
  const PASSWORD = "no/secret:at@all";
  const env = { ...process.env, LAPGRAD_REDIS_PASSWORD: PASSWORD };
  const address = `redis://127.0.0.1:${REDIS_PORT}`;
  let redis: Desk;
  let secured: Desk;
  beforeAll(async () => {
    const { RedisDesk } = await load("redis-desk.mjs");
    redis = new RedisDesk(join(folder, "redis"), REDIS_PORT, ["--requirepass", PASSWORD]);
    await redis.start();
    const [key, certificate] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
    const subject = "-x509 -nodes -days 2 -newkey rsa:2048 -subj /CN=localhost -addext subjectAltName=DNS:localhost";
    const words = ["req", ...subject.split(" "), "-keyout", key, "-out", certificate];
    execFileSync("openssl", words, { stdio: "ignore" });
    const tls = ["--tls-port", `${TLS_PORT}`, "--tls-cert-file", certificate, "--tls-key-file", key];
    secured = new RedisDesk(join(folder, "secured"), 0, [...tls, "--tls-auth-clients", "no"]);
    await secured.start();
  });
  afterAll(() => Promise.all([redis.kill(), secured.kill()]));

  test("worker killed, server killed, server emptied, collector killed", async () => {
    await lapgrad(folder, "plan tiny.yaml --out redis-plan".split(" "));
    const line = `collect redis-plan --engine bullmq=${address} --block 2 --json`;
    const first = start(line, env);
    const workers = [start(`worker ${address} --workers 1`, env)];
    await until(() => resultsIn("redis-plan").length > 0);
    workers[0].child.kill("SIGKILL");
    workers.push(start(`worker ${address} --workers 1`, env));
    await until(() => resultsIn("redis-plan").length > 2);
    await redis.kill();
    await sleep(500);
    await redis.start();
    await until(() => resultsIn("redis-plan").length > 4);
    redis.command("-a", PASSWORD, "flushall");
    first.child.kill("SIGKILL");
    await first.ended;
    const second = start(line, env);
    expect(await second.ended).toBe(0);
    await expectSame("redis-plan");
    for (const { child } of workers) {
      child.kill("SIGTERM");
      child.kill("SIGKILL");
    }
    expect(second.text()).not.toContain("secret");
    expect(redis.command("-a", PASSWORD, "keys", "lapgrad:results:*").trim()).toBe("");
  });

  test("jobs of another version are refused by a worker", async () => {
    redis.command("-a", PASSWORD, "hset", "lapgrad:plans", "abc", "0.0.9+abc");
    const { ended, text } = start(`worker ${address}`, env);
    expect(await ended).toBe(1);
    expect(text()).toMatch(/jobs there are of lapgrad 0\.0\.9\+abc, and this is .*: install that one here/);
    redis.command("-a", PASSWORD, "del", "lapgrad:plans");
  });

  test.each([
    ["no password", address, { LAPGRAD_REDIS_PASSWORD: "" }, /wants a password: put it into LAPGRAD_REDIS_PASSWORD/],
    ["a wrong one", `redis://:guess@127.0.0.1:${REDIS_PORT}`, {}, /redis:\/\/:…@.* refuses the password/],
    ["no server", "redis://127.0.0.1:1", {}, /does not answer \(.*ECONNREFUSED.*: start redis-server there/],
    ["TLS where there is none", `rediss://127.0.0.1:${REDIS_PORT}`, {}, /speaks no TLS|rediss:/],
    ["no TLS where there is", `redis://localhost:${TLS_PORT}`, {}, /say rediss:\/\/ instead/],
    ["an unknown certificate", `rediss://localhost:${TLS_PORT}`, {}, /NODE_EXTRA_CA_CERTS/],
  ])("%s: one sentence", async (_, at, change, part) => {
    const { ended, text } = start(`worker ${at} --workers 1`, { ...env, ...change });
    expect(await ended).toBe(1);
    const [last] = text().trim().split("\n").slice(-1);
    expect(last).toMatch(part);
    expect(text()).not.toContain("guess");
  });

  test("with TLS and its authority known, a plan is done", async () => {
    const { LAPGRAD_REDIS_PASSWORD: _, ...open } = env;
    const trusting = { ...open, NODE_EXTRA_CA_CERTS: join(folder, "cert.pem") };
    await writeFile(join(folder, "two.yaml"), YAML.replace("12", "2"));
    await lapgrad(folder, "plan two.yaml --out tls-plan".split(" "));
    const following = start(`collect tls-plan --engine bullmq=rediss://localhost:${TLS_PORT} --json`, trusting);
    await until(() => following.text().includes("are in the queue"));
    const worker = start(`worker rediss://localhost:${TLS_PORT} --workers 1 --until-done`, trusting);
    expect(await following.ended).toBe(0);
    expect(resultsIn("tls-plan")).toHaveLength(2);
    expect(await worker.ended).toBe(0);
  });
});
