/** The clocks: recordings carry the time of day, the control loop lives on the monotonic clock. */
import { type Finding, type Group, notApplicable, note, ok, problem } from "./check.js";
import { onHost, type System } from "./system.js";

const SYNCHRONISE = "sudo timedatectl set-ntp true, with a network";
/** Bit of the kernel's clock status: not synchronised (STA_UNSYNC). */
const UNSYNCHRONISED = 0x40;
/** Before this lapgrad was not there: the clock of a computer without battery that never saw a network. */
const EARLIEST = Date.UTC(2025, 0);
const READINGS = 2000;
/** Steps of the monotonic clock that a control period of 20 ms does not notice [ns]. */
const FINE = 100_000n;

export const time: Group = {
  name: "time",
  checks: [
    { name: "clock", run: clock },
    { name: "monotonic clock", run: monotonic },
  ],
};

async function clock(system: System): Promise<Finding> {
  const now = new Date(system.wallClock());
  const date = now.toISOString().slice(0, 16).replace("T", " ");
  if (now.getTime() < EARLIEST)
    return note(
      `${date} UTC is past: runs and recordings would carry it`,
      onHost(system, `${SYNCHRONISE}; or sudo date -s <now>`),
    );
  if (system.platform !== "linux") return notApplicable(`nothing tells on ${system.platform}; it is ${date} UTC`);
  const synchronised = fromTimesyncd(system) ?? (await fromTimedatectl(system)) ?? (await fromAdjtimex(system));
  if (synchronised === undefined)
    return notApplicable(`neither timedatectl nor adjtimex tells; it is ${date} UTC, of the host in a container`);
  return synchronised
    ? ok(`synchronised, ${date} UTC`)
    : note(`not synchronised, ${date} UTC: stamps of several machines do not agree`, onHost(system, SYNCHRONISE));
}

/** The file that systemd-timesyncd makes: it answers at once, where timedatectl first has a service started. */
function fromTimesyncd(system: System): true | undefined {
  return system.status("/run/systemd/timesync/synchronized") === undefined ? undefined : true;
}

async function fromTimedatectl(system: System): Promise<boolean | undefined> {
  const { code, stdout } = await system.run("timedatectl", "show", "-p", "NTPSynchronized", "--value");
  const answer = stdout.trim();
  return code === 0 && (answer === "yes" || answer === "no") ? answer === "yes" : undefined;
}

async function fromAdjtimex(system: System): Promise<boolean | undefined> {
  const { code, stdout } = await system.run("adjtimex", "--print");
  const status = /^\s*status:\s*(\d+)/m.exec(stdout)?.[1];
  return code === 0 && status !== undefined ? (Number(status) & UNSYNCHRONISED) === 0 : undefined;
}

function monotonic(system: System): Finding {
  let finest: bigint | undefined;
  let last = system.monotonicClock();
  for (let i = 0; i < READINGS; i++) {
    const now = system.monotonicClock();
    const step = now - last;
    if (step < 0n) return problem(`it went back by ${-step} ns`, "update the kernel, or leave the virtual machine");
    if (step > 0n && (finest === undefined || step < finest)) finest = step;
    last = now;
  }
  const source = system.read("/sys/devices/system/clocksource/clocksource0/current_clocksource")?.trim();
  const from = source === undefined ? "" : ` (${source})`;
  if (finest === undefined) return problem(`it stood still over ${READINGS} readings${from}`, "reboot the computer");
  return finest <= FINE
    ? ok(`moves in steps of at most ${finest} ns${from}`)
    : note(
        `moves in steps of ${finest} ns${from}: control periods will jitter by as much`,
        "boot with another clocksource=",
      );
}
