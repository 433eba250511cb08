/** A Redis of its own for trying and testing sweeps: on a port and in a folder of its own, with everything on disk. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Why there can be no Redis here; undefined: there can. */
export function whyNoRedis() {
  const found = spawnSync("redis-server", ["--version"]).status === 0;
  return found ? undefined : "there is no redis-server: apt-get install --no-install-recommends redis-server";
}

/** A running server. `options`: further ones of redis-server. */
export class RedisDesk {
  constructor(folder, port, options = []) {
    this.folder = resolve(folder);
    this.port = port;
    this.options = options;
  }

  get address() {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Anew too, with what it had on disk. */
  async start() {
    mkdirSync(this.folder, { recursive: true });
    const log = openSync(join(this.folder, "redis.log"), "a");
    const words = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.folder, "--save", ""];
    const disk = ["--appendonly", "yes", "--appendfsync", "always"];
    this.process = spawn("redis-server", [...words, ...disk, ...this.options], { stdio: ["ignore", log, log] });
    closeSync(log);
    while (!(await this.#answers())) await sleep(50);
  }

  async kill() {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }

  /** What redis-cli prints. */
  command(...words) {
    return spawnSync("redis-cli", ["-p", `${this.port}`, ...words], { encoding: "utf8" }).stdout;
  }

  #answers() {
    if (this.process.exitCode !== null) throw new Error(`redis-server ended: see ${join(this.folder, "redis.log")}`);
    const port = this.options.includes("--tls-port") ? this.options[this.options.indexOf("--tls-port") + 1] : this.port;
    const socket = connect(Number(port), "127.0.0.1");
    return new Promise((resolve) => {
      socket.on("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
    }).finally(() => socket.destroy());
  }
}
