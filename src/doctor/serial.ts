/**
 * Serial ports: what is there, and whether this user can use it. No port is opened here: that resets an Arduino, and a
 * port that another program has open would lose bytes to us. Asking the board is another group (board.ts).
 */

import { basename } from "node:path";
import { messageOf } from "../errors.js";
import { here, repairOf } from "../installation.js";
import { type DoctorOptions, type Finding, type Group, named, note, ok, problem } from "./check.js";
import { findPorts, type Port, portAt } from "./ports.js";
import { type FileStatus, inContainer, type Process, type System } from "./system.js";

const UDEV_RULE = (name: string, group: string) =>
  `echo 'KERNEL=="${name}", MODE="0660", GROUP="${group}"' | sudo tee /etc/udev/rules.d/99-lapgrad.rules && ` +
  "sudo udevadm control --reload && sudo udevadm trigger";

export const serial: Group = {
  name: "serial",
  checks: [
    { name: "package serialport", run: serialPackage },
    { name: "ports", run: ports },
  ],
};

async function serialPackage(system: System): Promise<Finding> {
  try {
    await system.loadSerialPackage();
  } catch (error) {
    const reason = messageOf(error).split("\n", 1)[0];
    return problem(
      `it does not load: ${reason}`,
      `${repairOf(here())}, on this computer (the line about glibc may say why)`,
    );
  }
  return ok(`${system.packageVersion("serialport") ?? "there"}, its native part loads`);
}

async function ports(system: System, { device, askBoard }: DoctorOptions): Promise<Finding[]> {
  const found = device === undefined ? await findPorts(system) : [await portAt(system, device)];
  if (found.length === 0) return [note("none found: only simulated robots can be driven", noneRemedy(system))];
  const processes = system.processes();
  // a port on the board is there with or without a robot at it, so what keeps us from it need not matter
  const lines = found.map((port) => {
    const finding = judge(system, port, processes);
    const mayNotMatter = port.onboard && device === undefined && finding.status === "problem";
    return named(basename(port.path), mayNotMatter ? { ...finding, status: "note" } : finding);
  });
  const count = device === undefined ? `${found.length} found` : `${device} only`;
  const then = askBoard ? "looked at; then the board is asked" : "looked at, not opened: opening resets an Arduino";
  return [ok(`${count}; ${then}`), ...lines, ...probers(found, processes)];
}

function noneRemedy(system: System): string {
  if (inContainer(system)) return "start the container with --device /dev/ttyACM0";
  const brltty = system.status("/lib/udev/rules.d/85-brltty.rules") ?? system.status("/usr/bin/brltty");
  if (brltty) return "plug the robot in; brltty takes CH340 and CP210x ports away: sudo apt-get remove -y brltty";
  return "plug the robot in; sudo dmesg | tail says what the kernel sees";
}

/** What makes pseudo-terminals: who has it open is the other end of one, as the car on the desk (docs/firmware.md). */
const MULTIPLEXER = ["/dev/ptmx", "/dev/pts/ptmx"];

/** Where the port of this path is, to be opened; undefined if it cannot be used. */
export async function usablePath(system: System, device: string): Promise<string | undefined> {
  const port = await portAt(system, device);
  return judge(system, port, system.processes()).status === "problem" ? undefined : port.path;
}

/** One port, as far as it can be judged without opening it. */
function judge(system: System, { path, board }: Port, processes: readonly Process[]): Finding {
  const status = system.status(path);
  const what = board === undefined ? path : `${path}, ${board}`;
  if (status === undefined)
    return problem(
      `${path} is not there`,
      inContainer(system)
        ? `start the container with --device ${path}`
        : "ls -l /dev/serial/by-id /dev/tty{ACM,USB,THS}*",
    );
  if (!status.isCharacterDevice)
    return problem(`${path} is no serial port`, "ls -l /dev/serial/by-id /dev/tty{ACM,USB,THS}*");
  if (!system.mayUse(path))
    return problem(`${what}: this user may not read and write it`, accessRemedy(system, path, status));
  const console = processes.find(
    ({ name, command }) => /getty/.test(name) && command.split(" ").includes(basename(path)),
  );
  if (console) return problem(`${what}: a login console (${console.name}) holds it`, consoleRemedy(basename(path)));
  const holder = processes.find(({ open }) => open.includes(path));
  if (path.startsWith("/dev/pts/") && holder?.open.some((file) => MULTIPLEXER.includes(file)))
    return ok(`${what}: a pseudo-terminal of ${holder.name} (process ${holder.pid}), which stands for a robot`);
  if (holder)
    return problem(
      `${what}: ${holder.name} (process ${holder.pid}) has it open`,
      `end that program: kill ${holder.pid}`,
    );
  return ok(`${what}: readable and writable, held by nobody as far as this user can see`);
}

/** How this user comes to use a device; `usual`: the group that such devices are of mostly. */
export function accessRemedy(system: System, path: string, { gid, mode }: FileStatus, usual = "dialout"): string {
  const entry = system
    .read("/etc/group")
    ?.split("\n")
    .map((line) => line.split(":"))
    .find((fields) => Number(fields[2]) === gid);
  if (inContainer(system)) return `start the container with --device ${path} --group-add ${gid}`;
  const [group, , , members = ""] = entry ?? [];
  // joining root's group is too much to ask, and a group that may not write is of no help
  if (group === undefined || gid === 0 || (mode & 0o060) !== 0o060) return UDEV_RULE(basename(path), usual);
  if (members.split(",").includes(system.userName))
    return `log out and in again: ${system.userName} is in ${group} since this login`;
  return `sudo usermod -aG ${group} $USER, then log out and in again`;
}

/** NVIDIA's own console service on a Jetson, the usual one elsewhere. */
function consoleRemedy(name: string): string {
  const service = name.startsWith("ttyTHS") ? "nvgetty" : `serial-getty@${name}`;
  return `sudo systemctl disable --now ${service}`;
}

/** ModemManager sends modem commands to every new ttyACM: a microcontroller takes them for its own. */
function probers(ports: readonly Port[], processes: readonly Process[]): Finding[] {
  const running = processes.some(({ name }) => name === "ModemManager");
  if (!running || !ports.some(({ path }) => /ttyACM/.test(path))) return [];
  const found = "it writes to every ttyACM that is plugged in, for up to 30 s";
  return [named("ModemManager", note(found, "sudo systemctl disable --now ModemManager"))];
}
