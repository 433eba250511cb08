/** What is read of Slurm and Redis, and what is said of their refusals. With servers: servers.test.ts. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { messageOf } from "../../src/errors.js";
import { queueOf } from "../../src/sweeps/bullmq/keys.js";
import { optionsOf, refusalOf } from "../../src/sweeps/bullmq/redis.js";
import { withoutPassword } from "../../src/sweeps/engine.js";
import { writePlan } from "../../src/sweeps/plan.js";
import { arraySizeIn, endIn, queueIn, refusalIn } from "../../src/sweeps/slurm/commands.js";
import { arraysOf } from "../../src/sweeps/slurm/follow.js";
import { batchScript } from "../../src/sweeps/slurm/script.js";
import { keepSubmitted, submittedOf } from "../../src/sweeps/slurm/state.js";
import { typist } from "../cli/process.js";
import { newFolder } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("Slurm", () => {
  test("says how large arrays may be", () => {
    expect(arraySizeIn("MailProg = /bin/mail\nMaxArraySize            = 1001\nMaxJobCount = 10000\n")).toBe(1001);
    expect(arraySizeIn("MaxArraySize = 1001\nMaxJobCount             = 20\n")).toBe(20);
    for (const text of ["", "MaxArraySize = 1\n", "MaxArraySize = many\n"])
      expect(() => arraySizeIn(text)).toThrow("this cluster runs no job arrays");
  });

  test("gets arrays and blocks of no more than it takes", () => {
    const shape = (jobs: number, block: number | undefined, size: number) =>
      arraysOf(upTo(jobs), { block }, size).map((blocks) => blocks.map(({ length }) => length));
    expect(shape(3, undefined, 1001)).toEqual([[1, 1, 1]]);
    expect(shape(10_000, undefined, 1001)).toEqual([new Array(1000).fill(10)]);
    expect(shape(5, 2, 1001)).toEqual([[2, 2, 1]]);
    expect(shape(2500, 1, 1001).map(({ length }) => length)).toEqual([1001, 1001, 498]);
    expect(arraysOf(upTo(2500), { block: 1 }, 1001).flat(2)).toEqual(upTo(2500));
  });

  test("says what waits and runs", () => {
    const text =
      "lapgrad-abc-0|0|RUNNING|None\nlapgrad-abc-0|12|PENDING|ReqNodeNotAvail, UnavailableNodes:desk\n" +
      "lapgrad-abd-0|1|RUNNING|None\nother|N/A|RUNNING|None\nlapgrad-abc-1|N/A|PENDING|None\n";
    expect(queueIn(text, "lapgrad-abc-")).toEqual([
      { array: "lapgrad-abc-0", task: 0, state: "RUNNING", reason: "None" },
      { array: "lapgrad-abc-0", task: 12, state: "PENDING", reason: "ReqNodeNotAvail, UnavailableNodes:desk" },
    ]);
    expect(queueIn("", "lapgrad-abc-")).toEqual([]);
  });

  test("says how a task ended", () => {
    expect(endIn("JobId=3 JobState=FAILED Reason=RaisedSignal:9(Killed) ExitCode=0:9 x=1")).toBe(
      "Slurm says FAILED by signal 9",
    );
    expect(endIn("JobState=TIMEOUT ExitCode=0:15")).toMatch(/TIMEOUT by signal 15: give more --time/);
    expect(endIn("JobState=OUT_OF_MEMORY ExitCode=0:125")).toMatch(/give more --memory$/);
    expect(endIn("JobState=COMPLETED ExitCode=0:0")).toBeUndefined();
    expect(endIn("slurm_load_jobs error: Invalid job id specified")).toBeUndefined();
  });

  test.each([
    [
      "sbatch: error: invalid partition specified: short\nsbatch: error: Batch job submission failed",
      /--partition .*sinfo/,
    ],
    ["sbatch: error: Batch job submission failed: Invalid account or account/partition combination", /--account/],
    ["sbatch: error: Batch job submission failed: Requested time limit is invalid", /--time .*sinfo/],
    ["sbatch: error: Memory specification can not be satisfied", /--memory/],
    ["slurm_load_jobs error: Protocol authentication error: Expired credential", /clocks disagree .* by NTP/],
    ["sbatch: error: Rewound credential. Check for out of sync clocks", /clocks disagree/],
    ["sbatch: error: something new", /Slurm refuses: something new; .*the same command/],
  ])("%s: what to do", (text, part) => {
    const refusal = refusalIn(text);
    expect("error" in refusal && refusal.error.message).toMatch(part);
  });

  test.each([
    ["sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", true],
    ["slurm_load_jobs error: Socket timed out on send/recv operation", true],
    ["sbatch: error: Batch job submission failed: Resource temporarily unavailable", false],
    ["sbatch: error: QOSMaxSubmitJobPerUserLimit", false],
    ["sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit)", false],
  ])("%s passes", (text, mayBeTaken) => {
    expect(refusalIn(text)).toEqual({ passes: expect.any(String), mayBeTaken });
  });

  test("gets a script with every option, and words that a shell reads as they are", () => {
    const array = {
      name: "lapgrad-abc-0",
      tasks: 7,
      blocks: "/a b/blocks",
      logs: "/100% b",
      plan: "/a b/plan.jsonl",
      hash: "abc",
      program: ["/usr/bin/node", "/x/main.js"],
    };
    const options = { tries: 3, account: "lab", partition: "short", time: "1:00:00", memory: "2G", throttle: 4 };
    const lines = batchScript(array, options).split("\n");
    expect(lines[0]).toBe("#!/bin/bash");
    for (const line of ["array=0-6%4", "account=lab", "partition=short", "time=1:00:00", "mem=2G"])
      expect(lines).toContain(`#SBATCH --${line}`);
    expect(lines).toContain("#SBATCH --output='/100%% b/%x-%a.log'");
    expect(lines.at(-2)).toMatch(
      /^exec \/usr\/bin\/node \/x\/main.js job --plan '\/a b\/plan.jsonl' --expect abc --index/,
    );
    expect(batchScript(array, { tries: 3 })).not.toMatch(/account|partition|time=|mem=|%4/);
  });

  test("is followed by what was submitted, which is kept with the plan", async () => {
    const plan = await writePlan(join(folder, "kept"), "custom", {}, []);
    expect(await submittedOf(plan)).toEqual([]);
    const arrays = [{ name: "lapgrad-x-0", id: "7", blocks: [[0, 1], [2]] }];
    await keepSubmitted(plan, arrays);
    expect(await submittedOf(plan)).toEqual(arrays);
    const other = await writePlan(plan.folder, "compare", {}, []);
    await expect(submittedOf(other)).rejects.toThrow(/is of another plan .*scancel --name=lapgrad-x-0 ends it/);
    await writeFile(join(plan.folder, "slurm.json"), "{");
    await expect(submittedOf(other)).rejects.toThrow("is damaged: remove it");
  });
});

describe("Redis", () => {
  test("is reached by its address, with the password of the environment", () => {
    expect(optionsOf("redis://desk", {})).toEqual({ host: "desk", port: 6379, db: 0 });
    const secret = { LAPGRAD_REDIS_PASSWORD: "s" };
    expect(optionsOf("redis://me@[::1]:7000/3", secret)).toEqual({
      host: "::1",
      port: 7000,
      db: 3,
      username: "me",
      password: "s",
    });
    expect(optionsOf("rediss://:a%40b@desk/", secret)).toMatchObject({ password: "a@b", tls: { servername: "desk" } });
    for (const address of ["desk:6379", "http://desk", "redis://", "redis://desk/x", "redis://a:b:c@"])
      expect(() => optionsOf(address, {})).toThrow("is no address of Redis; allowed is redis://");
  });

  test("has its password shown nowhere", () => {
    expect(withoutPassword("bullmq=redis://me:secret@desk:6379/1")).toBe("bullmq=redis://me:…@desk:6379/1");
    expect(withoutPassword("redis://:secret@desk")).toBe("redis://:…@desk");
    expect(withoutPassword("redis://:p@ss/word@desk")).toBe("redis://:…@desk");
    expect(withoutPassword("redis://desk:6379")).toBe("redis://desk:6379");
    try {
      optionsOf("redis://me:secret@desk/x", {});
    } catch (error) {
      expect(messageOf(error)).not.toContain("secret");
    }
  });

  test.each([
    ["NOAUTH Authentication required.", /wants a password: put it into LAPGRAD_REDIS_PASSWORD/],
    ["WRONGPASS invalid username-password pair or user is disabled.", /refuses the password/],
    ["self-signed certificate", /NODE_EXTRA_CA_CERTS/],
    ["SSL routines:ssl3_get_record:wrong version number", /speaks no TLS: say redis:\/\//],
    ["read ECONNRESET", /rediss:\/\//],
    ["getaddrinfo ENOTFOUND desk", /check the name/],
    ["connect ECONNREFUSED 127.0.0.1:6379", /start redis-server there/],
  ])("%s: what to do", (text, part) => expect(refusalOf(text, "redis://desk").message).toMatch(part));

  test("has a queue for each version", () => {
    expect(queueOf("0.1.0+ab")).toBe("jobs-0.1.0+ab");
    expect(queueOf("a:b")).not.toContain(":");
  });
});

describe("without Slurm's commands", () => {
  const typed = typist({ PATH: "/nonexistent" });

  test("that is said", async () => {
    await writePlan(join(folder, "lonely"), "custom", {}, [{ kind: "training", settings: {} }]);
    const { code, stderr } = await typed(folder, "collect lonely --engine slurm".split(" "));
    expect(stderr).toMatch(/^lapgrad: there is no scontrol here: run this where Slurm's commands are/);
    expect(code).toBe(1);
  });
});
