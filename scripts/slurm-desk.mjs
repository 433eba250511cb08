/**
 * A Slurm of one computer, for trying and testing sweeps: controller and node in a folder of their own, on ports of
 * their own, as root. Needs the Debian packages slurmctld, slurmd, slurm-client and munge.
 *
 * Usage: node scripts/slurm-desk.mjs <folder> [--cpus 2] [--max-jobs 10000] [--port 7817]
 * It prints `export SLURM_CONF=…` when the node is idle, and ends Slurm when it is ended itself (Ctrl-C, SIGTERM).
 */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const PACKAGES = "apt-get install --no-install-recommends slurmctld slurmd slurm-client munge";
/** A controller or node that is not there after this long is not coming [s]. */
const STARTS_WITHIN = 60;

/** Why there can be no Slurm here; undefined: there can. */
export function whyNoSlurm() {
  if (userInfo().uid !== 0) return "a Slurm of one computer is started as root";
  const missing = ["slurmctld", "slurmd", "munged", "sbatch"].filter(
    (name) => !["/usr/sbin", "/usr/bin"].some((folder) => existsSync(join(folder, name))),
  );
  return missing.length > 0 ? `there is no ${missing.join(", ")}: ${PACKAGES}` : undefined;
}

/** A running Slurm. `environment`: in which its commands reach it. */
export class SlurmDesk {
  constructor(folder, { cpus = 2, maxJobs = 10_000, port = 7817 } = {}) {
    this.folder = resolve(folder);
    this.environment = { ...process.env, SLURM_CONF: join(this.folder, "slurm.conf") };
    this.cpus = cpus;
    this.maxJobs = maxJobs;
    this.port = port;
    this.processes = {};
  }

  async start() {
    for (const name of ["state", "spool", "log"]) mkdirSync(join(this.folder, name), { recursive: true });
    writeFileSync(this.environment.SLURM_CONF, this.configuration());
    await this.startMunge();
    this.startController();
    this.startNode();
    await this.#until(() => /^idle\s*$/.test(this.command("sinfo", "--noheader", "--format=%T")), "an idle node");
  }

  configuration() {
    const at = (name) => join(this.folder, name);
    return `ClusterName=desk
SlurmctldHost=${this.host}(127.0.0.1)
SlurmctldPort=${this.port}
SlurmdPort=${this.port + 1}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${at("munge/socket")}
CredType=cred/munge
StateSaveLocation=${at("state")}
SlurmdSpoolDir=${at("spool")}
SlurmctldPidFile=${at("slurmctld.pid")}
SlurmdPidFile=${at("slurmd.pid")}
SlurmctldLogFile=${at("log/slurmctld.log")}
SlurmdLogFile=${at("log/slurmd.log")}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=1,sched_interval=5,bf_interval=5
SlurmdParameters=config_overrides
ReturnToService=2
MaxJobCount=${this.maxJobs}
KillWait=5
NodeName=${this.host} NodeAddr=127.0.0.1 CPUs=${this.cpus} State=UNKNOWN
PartitionName=desk Nodes=${this.host} Default=YES MaxTime=INFINITE State=UP
`;
  }

  async startMunge() {
    const at = (name) => join(this.folder, "munge", name);
    mkdirSync(join(this.folder, "munge"), { recursive: true, mode: 0o711 });
    if (!existsSync(at("key"))) writeFileSync(at("key"), randomBytes(128), { mode: 0o400 });
    const files = { "key-file": "key", "log-file": "log", "pid-file": "pid", "seed-file": "seed", socket: "socket" };
    const options = Object.entries(files).map(([option, name]) => `--${option}=${at(name)}`);
    this.#spawn("munged", "/usr/sbin/munged", ["--foreground", "--force", ...options]);
    await this.#until(() => existsSync(at("socket")), "munged");
  }

  /** Anew too, with what it had on disk. */
  startController() {
    this.#spawn("slurmctld", "/usr/sbin/slurmctld", ["-D"]);
  }

  /** Anew too: what runs goes on. */
  startNode() {
    this.#spawn("slurmd", "/usr/sbin/slurmd", ["-D", "-N", this.host]);
  }

  get host() {
    return hostname().split(".")[0];
  }

  /** Kills a process of it at once: munged, slurmctld or slurmd. */
  async kill(name) {
    const child = this.processes[name];
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** What a command of Slurm prints; "" if it fails. */
  command(program, ...args) {
    const { stdout } = spawnSync(program, args, { env: this.environment, encoding: "utf8", timeout: 30_000 });
    return stdout ?? "";
  }

  /**
   * What an administrator does when the node was drained, or tasks were held, since a killed controller had not written
   * yet what it had started; whether that was so.
   */
  mend() {
    const isDrained = this.command("sinfo", "--noheader", "--format=%T").includes("drain");
    const tasks = this.command("squeue", "--noheader", "--format=%F %r").split("\n");
    const held = tasks.filter((line) => /held/i.test(line)).map((line) => line.split(" ")[0]);
    if (isDrained) this.command("scontrol", "update", `nodename=${this.host}`, "state=resume");
    for (const array of new Set(held)) this.command("scontrol", "release", array);
    return isDrained || held.length > 0;
  }

  /** Ends every job, then itself. */
  async stop() {
    this.command("scancel", "--user=root", "--signal=KILL");
    this.command("scancel", "--user=root");
    await sleep(1000);
    for (const name of ["slurmd", "slurmctld", "munged"]) await this.kill(name);
  }

  #spawn(name, program, args) {
    const log = openSync(join(this.folder, "log", `${name}.out`), "a");
    this.processes[name] = spawn(program, args, { env: this.environment, stdio: ["ignore", log, log] });
    closeSync(log);
  }

  async #until(isThere, what) {
    const begun = performance.now();
    while (!isThere()) {
      if (performance.now() - begun > 1000 * STARTS_WITHIN)
        throw new Error(`${what} is not there after ${STARTS_WITHIN} s: see ${join(this.folder, "log")}`);
      await sleep(200);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { cpus: { type: "string" }, "max-jobs": { type: "string" }, port: { type: "string" } },
  });
  const why = positionals.length === 1 ? whyNoSlurm() : "say in which folder";
  if (why) {
    console.error(`slurm-desk: ${why}`);
    process.exit(1);
  }
  const number = (text) => (text === undefined ? undefined : Number(text));
  const desk = new SlurmDesk(positionals[0], {
    cpus: number(values.cpus),
    maxJobs: number(values["max-jobs"]),
    port: number(values.port),
  });
  await desk.start();
  console.log(`export SLURM_CONF=${desk.environment.SLURM_CONF}`);
  const ended = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
  const awake = setInterval(() => {}, 1000);
  await ended;
  clearInterval(awake);
  await desk.stop();
}
