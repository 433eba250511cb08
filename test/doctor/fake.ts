/** A machine as tests want it: a Jetson with everything in order, changed where a test says so. */
import type { Answer, DoctorOptions, Finding, Group } from "../../src/doctor/check.js";
import { KNOWN_STATE } from "../../src/doctor/core.js";
import type { FileStatus, Outcome, System } from "../../src/doctor/system.js";

export interface Machine extends Partial<System> {
  /** text by path; what is undefined here is taken away from the Jetson's */
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly statuses?: Readonly<Record<string, FileStatus>>;
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  /** what links lead to; other paths lead to themselves */
  readonly links?: Readonly<Record<string, string>>;
  /** by the whole command line; others are not there */
  readonly commands?: Readonly<Record<string, Partial<Outcome>>>;
}

export const FOLDER: FileStatus = { isFolder: true, isCharacterDevice: false, mode: 0o755, gid: 0 };
export const FILE: FileStatus = { ...FOLDER, isFolder: false };
/** dialout's, as udev makes it */
export const DEVICE: FileStatus = { isFolder: false, isCharacterDevice: true, mode: 0o660, gid: 20 };

const FILES = {
  "/proc/device-tree/model": "NVIDIA Jetson Orin Nano Developer Kit\0",
  "/etc/nv_tegra_release": "# R36 (release), REVISION: 3.0, GCID: 36923193, BOARD: generic, EABI: aarch64",
  "/proc/self/limits": "Max nice priority         0   0\nMax realtime priority     50                   50\n",
  "/proc/self/status": "CapEff:\t0000000000000000\n",
  "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance\n",
  "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance\n",
  "/sys/devices/system/cpu/isolated": "\n",
  "/sys/devices/system/clocksource/clocksource0/current_clocksource": "arch_sys_counter\n",
  "/etc/os-release": 'NAME="Ubuntu"\nVERSION_CODENAME=jammy\n',
  "/etc/group": "root:x:0:\ndialout:x:20:ada\n",
};
const COMMANDS = {
  "timedatectl show -p NTPSynchronized --value": { stdout: "yes\n" },
  "chrt --version": { stdout: "chrt from util-linux 2.37.2\n" },
  "chrt --fifo -p 50 4711": {},
  "chrt -p 4711": { stdout: "pid 4711's current scheduling policy: SCHED_FIFO\n" },
  "chrt --other -p 0 4711": {},
};
const FOLDERS = {
  "/sys/devices/system/cpu": ["cpu0", "cpu1", "cpufreq"],
  "/dev": ["null", "ttyACM0", "ttyS0"],
  "/lapgrad/node_modules/rclnodejs/prebuilds/linux-arm64": ["humble-jammy-arm64-node-rclnodejs.node"],
};
const STATUSES = {
  "/": FOLDER,
  "/etc/nv_tegra_release": FILE,
  "/dev/ttyACM0": DEVICE,
  "/opt/ros/humble/bin/ros2": FILE,
};

export function fakeSystem(machine: Machine = {}): System {
  const files: Machine["files"] = { ...FILES, ...machine.files };
  const commands: NonNullable<Machine["commands"]> = { ...COMMANDS, ...machine.commands };
  const folders: NonNullable<Machine["folders"]> = { ...FOLDERS, ...machine.folders };
  const statuses: NonNullable<Machine["statuses"]> = { ...STATUSES, ...machine.statuses };
  let nanoseconds = 0n;
  return {
    platform: "linux",
    architecture: "arm64",
    nodeVersion: "v20.20.2",
    environment: {
      ROS_DISTRO: "humble",
      AMENT_PREFIX_PATH: "/opt/ros/humble",
      LD_LIBRARY_PATH: "/opt/ros/humble/lib",
      PATH: "/usr/bin:/opt/ros/humble/bin",
    },
    processor: "",
    cores: 6,
    memory: { total: 8e9, available: 5e9 },
    niceness: 0,
    userName: "ada",
    glibc: () => "2.35",
    wallClock: () => Date.UTC(2026, 5, 1, 12),
    monotonicClock: () => {
      nanoseconds += 32n;
      return nanoseconds;
    },
    read: (path) => files[path],
    list: (path) => folders[path] ?? [],
    status: (path) => statuses[path],
    realPath: (path) => machine.links?.[path] ?? path,
    mayUse: () => true,
    run: async (...line) => {
      const known = commands[line.join(" ")];
      return { code: known ? 0 : undefined, stdout: "", stderr: "", ...known };
    },
    withThread: (action) => action(4711),
    processes: () => [],
    freeSpace: () => 50e9,
    writeTimes: async () => [1, 2, 3, 4],
    validatesWasm: () => true,
    probeCore: async () => ({ finalState: KNOWN_STATE, stepMicroseconds: 4 }),
    loadSerialPackage: async () => {},
    askBoard: async () => ({ bytes: 0 }),
    askVesc: async () => ({ bytes: 0 }),
    listSerialPorts: async () => [{ path: "/dev/ttyACM0", vendorId: "2341", productId: "0043" }],
    packageFolder: (name) => `/lapgrad/node_modules/${name}`,
    packageVersion: () => "1.2.3",
    ...machine,
  };
}

/** What a group's checks find, by name: `status: found → remedy`. */
export async function findings(
  group: Group,
  machine: Machine = {},
  options: DoctorOptions = { folder: "/runs" },
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const system = fakeSystem(machine);
  for (const check of group.checks) {
    const answer: Answer = await check.run(system, options);
    for (const { name = check.name, ...finding } of [answer].flat() as Finding[])
      found[name] = `${finding.status}: ${finding.found}${finding.remedy === null ? "" : ` → ${finding.remedy}`}`;
  }
  return found;
}
