/** All that the checks of `doctor` see of the machine, so that tests can show them any other. */

import type { BoardAnswer, NoBoard } from "../links/board.js";
import type { VescAnswer } from "../links/vesc/ask.js";

/** How a command ended; no code if it is not there, was killed, or took too long. */
export interface Outcome {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FileStatus {
  readonly isFolder: boolean;
  readonly isCharacterDevice: boolean;
  /** permission bits */
  readonly mode: number;
  readonly gid: number;
}

export interface Process {
  readonly pid: number;
  readonly name: string;
  /** its arguments, separated by spaces */
  readonly command: string;
  /** files it has open, as far as this user may see them */
  readonly open: readonly string[];
}

export interface ListedPort {
  readonly path: string;
  /** of a USB device, 4 hexadecimal digits each */
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
}

/** What the core computed in a short rollout, and how fast. */
export interface CoreProbe {
  /** state at the end of the rollout */
  readonly finalState: readonly number[];
  /** median time of one control step, network included [µs] */
  readonly stepMicroseconds: number;
}

export interface System {
  readonly platform: NodeJS.Platform;
  /** of the Node that runs, as in process.arch */
  readonly architecture: string;
  /** v20.20.2 */
  readonly nodeVersion: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly processor: string;
  readonly cores: number;
  /** [bytes] */
  readonly memory: { readonly total: number; readonly available: number };
  /** of this process: 0 is usual, higher is less urgent */
  readonly niceness: number;
  readonly userName: string;
  /** version of glibc at run time; undefined where there is none */
  glibc(): string | undefined;
  /** [ms since 1970] */
  wallClock(): number;
  /** monotonic [ns] */
  monotonicClock(): bigint;

  /** text of a file; undefined if it cannot be read */
  read(path: string): string | undefined;
  /** names in a folder; none if it cannot be read */
  list(path: string): readonly string[];
  /** undefined if there is nothing, or it may not be seen */
  status(path: string): FileStatus | undefined;
  /** the path without symbolic links; undefined if it leads nowhere */
  realPath(path: string): string | undefined;
  /** whether this process may read and write it */
  mayUse(path: string): boolean;
  run(command: string, ...args: readonly string[]): Promise<Outcome>;
  /** Calls `action` with the id of a thread of this process that does nothing and ends afterwards. */
  withThread<T>(action: (threadId: number) => Promise<T>): Promise<T>;
  /** other processes */
  processes(): readonly Process[];

  /** free for this user [bytes] */
  freeSpace(folder: string): number;
  /** times of small writes with fdatasync [ms] to a file that is gone afterwards; rejects as the file system does */
  writeTimes(folder: string): Promise<readonly number[]>;
  validatesWasm(bytes: Uint8Array): boolean;
  /** throws if the core cannot be loaded */
  probeCore(): Promise<CoreProbe>;
  /** rejects if the package serialport does not load */
  loadSerialPackage(): Promise<void>;
  /** the ports that the package serialport lists; rejects where it cannot (it needs udevadm) */
  listSerialPorts(): Promise<readonly ListedPort[]>;
  /** what our firmware at a port answers, undefined if nothing does; opens the port, and disarms */
  askBoard(path: string): Promise<BoardAnswer | NoBoard>;
  /** what a VESC at a port answers; opens the port, and commands nothing */
  askVesc(path: string): Promise<VescAnswer | NoBoard>;
  /** where a package is installed; undefined if it is not */
  packageFolder(name: string): string | undefined;
  /** version of an installed package, found without running it; undefined if it is not installed */
  packageVersion(name: string): string | undefined;
}

/** Whether this runs in a container, which sees only the devices that it was given. */
export function inContainer(system: System): boolean {
  return (
    system.status("/.dockerenv") !== undefined ||
    system.status("/run/.containerenv") !== undefined ||
    system.environment.container !== undefined
  );
}

/** Whether the kernel takes this process for one with fewer rights than it seems to have: in a user namespace. */
export function inUserNamespace(system: System): boolean {
  const map = system.read("/proc/self/uid_map")?.trim().split(/\s+/);
  return map !== undefined && map.join(" ") !== "0 0 4294967295";
}

/** What only the computer itself can do, not a container on it. */
export function onHost(system: System, remedy: string): string {
  return inContainer(system) ? `outside the container: ${remedy}` : remedy;
}

/** The computer's name as its device tree has it: Jetson, Raspberry Pi and their like. */
export function boardModel(system: System): string | undefined {
  // the kernel ends the text with a zero byte
  return system.read("/proc/device-tree/model")?.replaceAll("\0", "").trim() || undefined;
}

export function isJetson(system: System): boolean {
  return /jetson|tegra/i.test(boardModel(system) ?? "") || system.status("/etc/nv_tegra_release") !== undefined;
}
