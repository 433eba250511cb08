/** A port is one program's for the whole drive: on a pseudo-terminal, which util-linux's `script` makes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "@jest/globals";
import { WAVESHARE_BAUD } from "../../src/links/wire/waveshare.js";
import { SerialConnection } from "../../src/runtime/serial-connection.js";

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** Path of a terminal that lives until the end of the test. */
async function newTerminal(): Promise<string> {
  const child = spawn("script", ["--quiet", "--command", "tty; exec sleep 60", "/dev/null"], { stdio: "pipe" });
  started.push(child);
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return said.toString().trim();
}

test("a second program is refused as long as the first has the port, whatever baud rate and link", async () => {
  const path = await newTerminal();
  const first = new SerialConnection(path, WAVESHARE_BAUD);
  const { read } = await first.open();
  expect(read).toBeGreaterThan(0);
  const second = new SerialConnection(path, 250_000);
  await expect(second.open()).rejects.toThrow(
    `${path} is in use: another program, perhaps a second lapgrad, has it; lapgrad stop, or lapgrad doctor`,
  );
  await first.close();
  await second.open();
  await second.close();
});

test("a port that is not there is refused with the system's reason", async () => {
  await expect(new SerialConnection("/dev/no-such-port", 115_200).open()).rejects.toThrow(
    /^cannot open \/dev\/no-such-port: .*No such file/,
  );
});
