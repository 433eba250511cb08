/** Real time, serial ports, ROS 2 and packages: every outcome of every check. */
import { expect, test } from "@jest/globals";
import { board } from "../../src/doctor/board.js";
import type { Group } from "../../src/doctor/check.js";
import { packages } from "../../src/doctor/packages.js";
import { realTime } from "../../src/doctor/real-time.js";
import { requireRos, ros } from "../../src/doctor/ros.js";
import { serial } from "../../src/doctor/serial.js";
import type { Process } from "../../src/doctor/system.js";
import {
  Board,
  HealthFlag,
  newTelemetry,
  newWelcome,
  protocol,
  ResetFlag,
  SensorFlag,
  WelcomeResult,
} from "../../src/links/wire/protocol.js";
import { DEVICE, FILE, fakeSystem, findings, type Machine } from "./fake.js";

const ACM = "/dev/ttyACM0";
const rootless: Machine = { files: { "/proc/self/uid_map": "         0       1000          1\n" } };
const container: Machine = { statuses: { "/.dockerenv": FILE } };
const limits = (soft: string): NonNullable<Machine["files"]> => ({
  "/proc/self/limits": `Max realtime priority     ${soft}   0\n`,
});
const refused = { "chrt --fifo -p 50 4711": { code: 1 }, "chrt -p 4711": { stdout: "SCHED_OTHER" } };
const governors = (name: string): NonNullable<Machine["files"]> => ({
  "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": `${name}\n`,
});
const noPorts: Machine = { listSerialPorts: async () => [], folders: { "/dev": ["null", "ttyS0"] } };
const denied = (change: Partial<typeof DEVICE> = {}, files: Machine["files"] = {}): Machine => ({
  mayUse: () => false,
  statuses: { [ACM]: { ...DEVICE, ...change } },
  files,
});
const running = (process: Partial<Process>): Machine => ({
  processes: () => [{ pid: 42, name: "python3", command: "python3 drive.py", open: ["/dev/null"], ...process }],
});
const header: Machine = { ...noPorts, folders: { "/dev": ["ttyTHS1"] }, statuses: { "/dev/ttyTHS1": DEVICE } };
const getty = { pid: 7, name: "agetty", command: "/sbin/agetty -L 115200 ttyTHS1", open: [] };
const shell = (environment: Machine["environment"] = {}): Machine => ({
  environment: environment as Record<string, string>,
});
const RCLNODEJS = "/lapgrad/node_modules/rclnodejs";
const BUILT = { [`${RCLNODEJS}/build/Release`]: ["rclnodejs.node"] };
const WRITTEN = { [`${RCLNODEJS}/generated`]: ["generator.json"] };
const MARK = `${RCLNODEJS}/generated/lapgrad-whole.json`;
const VERSION = `${RCLNODEJS}/rosidl_gen/generator.json`;
const sourced = { ROS_DISTRO: "jazzy", AMENT_PREFIX_PATH: "/opt/ros/jazzy", LD_LIBRARY_PATH: "/opt/ros/jazzy/lib" };

const cases: [Group, string, string, Machine, RegExp][] = [
  [realTime, "priority limit", "high enough", {}, /^ok: real-time priorities up to 50/],
  [realTime, "priority limit", "unlimited", { files: limits("unlimited") }, /^ok: .*up to unlimited/],
  [
    realTime,
    "priority limit",
    "of root",
    { files: { ...limits("0"), "/proc/self/status": "CapEff:\t000001ffffffffff\n" } },
    /^ok: .*CAP_SYS_NICE/,
  ],
  [
    realTime,
    "priority limit",
    "none",
    { files: limits("0") },
    /^note: less than 50.*→ echo "\$USER - rtprio 50".*LimitRTPRIO=50/,
  ],
  [
    realTime,
    "priority limit",
    "none in a container",
    { ...container, files: limits("0") },
    /^note: .*→ docker run --cap-add/,
  ],
  [
    realTime,
    "priority limit",
    "seeming rights in a user namespace",
    { ...rootless, files: { ...rootless.files, ...limits("0"), "/proc/self/status": "CapEff:\t000001ffffffffff\n" } },
    /^note: less than 50.*→ in a user namespace .* counts: echo "\$USER - rtprio 50".*, outside; start/,
  ],
  [
    realTime,
    "priority limit",
    "a limit that a user namespace was given",
    rootless,
    /^ok: real-time priorities up to 50/,
  ],
  [
    realTime,
    "CPU governor",
    "in a container",
    { ...container, files: { ...governors("schedutil"), "/proc/device-tree/model": undefined } },
    /^note: .*→ outside the container: sudo nvpmodel/,
  ],
  [
    realTime,
    "share of the CPU",
    "in a container",
    { ...container, niceness: 5 },
    /^note: .*→ outside the container: start it without nice/,
  ],
  [realTime, "priority limit", "of macOS", { platform: "darwin" }, /^ok: not applicable here/],
  [realTime, "chrt", "there", {}, /^ok: chrt from util-linux/],
  [
    realTime,
    "chrt",
    "of busybox",
    { commands: { "chrt --version": { code: 1, stderr: "BusyBox v1.36" } } },
    /^ok: of busybox$/,
  ],
  [
    realTime,
    "chrt",
    "not there",
    { commands: { "chrt --version": { code: undefined } } },
    /^note: not there.*→ sudo apt-get install -y util-linux/,
  ],
  [realTime, "SCHED_FIFO", "given", {}, /^ok: a thread made for it got priority 50/],
  [
    realTime,
    "SCHED_FIFO",
    "not tried",
    { commands: { "chrt --fifo -p 50 4711": { code: undefined } } },
    /^ok: not applicable here: without chrt/,
  ],
  [
    realTime,
    "SCHED_FIFO",
    "refused by the limit",
    { commands: refused, files: limits("0") },
    /^note: a thread did not get it → echo/,
  ],
  [
    realTime,
    "SCHED_FIFO",
    "refused by the kernel",
    { commands: refused },
    /^note: .*although the limit allows.*→ sudo sysctl -w kernel\.sched_rt_runtime_us=-1/,
  ],
  [
    realTime,
    "SCHED_FIFO",
    "refused in a container",
    { ...container, commands: refused },
    /^note: .*→ docker run --cap-add/,
  ],
  [realTime, "SCHED_FIFO", "said, but not done", { commands: { "chrt -p 4711": { stdout: "SCHED_OTHER" } } }, /^note/],
  [realTime, "CPU governor", "performance", {}, /^ok: performance$/],
  [
    realTime,
    "CPU governor",
    "of a Jetson",
    { files: governors("schedutil") },
    /^note: performance, schedutil.*→ sudo nvpmodel -m 0 && sudo jetson_clocks$/,
  ],
  [
    realTime,
    "CPU governor",
    "of a Pi",
    { files: { ...governors("ondemand"), "/proc/device-tree/model": "Raspberry Pi 5\0" }, status: () => undefined },
    /^note: .*→ echo performance \| sudo tee/,
  ],
  [
    realTime,
    "CPU governor",
    "of a virtual machine",
    { folders: { "/sys/devices/system/cpu": [] } },
    /^ok: not applicable here/,
  ],
  [realTime, "share of the CPU", "usual", {}, /^ok: niceness 0, no CPU isolated$/],
  [
    realTime,
    "share of the CPU",
    "with an isolated CPU",
    { files: { "/sys/devices/system/cpu/isolated": "3\n" } },
    /^ok: niceness 0, CPU 3 isolated$/,
  ],
  [realTime, "share of the CPU", "nice", { niceness: 10 }, /^note: niceness 10.*→ .*renice/],

  [serial, "package serialport", "loads", {}, /^ok: 1\.2\.3/],
  [
    serial,
    "package serialport",
    "does not",
    { loadSerialPackage: () => Promise.reject(new Error("GLIBC_2.28 not found\n at x")) },
    /^problem: it does not load: GLIBC_2\.28 not found → npm ci/,
  ],
  [serial, "ports", "one", {}, /^ok: 1 found; looked at, not opened/],
  [serial, "ports", "none", noPorts, /^note: none found.*→ plug the robot in; sudo dmesg/],
  [
    serial,
    "ports",
    "none, with brltty",
    { ...noPorts, statuses: { "/usr/bin/brltty": FILE } },
    /^note: .*→ .*sudo apt-get remove -y brltty/,
  ],
  [
    serial,
    "ports",
    "none in a container",
    { ...noPorts, ...container },
    /^note: .*→ start the container with --device/,
  ],
  [serial, "ttyACM0", "usable", {}, /^ok: \/dev\/ttyACM0, Arduino Uno R3: readable and writable/],
  [
    serial,
    "ttyACM0",
    "without udevadm",
    {
      listSerialPorts: () => Promise.reject(new Error("spawn udevadm ENOENT")),
      files: {
        "/sys/class/tty/ttyACM0/device/../idVendor": "2E8A\n",
        "/sys/class/tty/ttyACM0/device/../idProduct": "000a\n",
      },
    },
    /^ok: \/dev\/ttyACM0, RP2040 \(Pico SDK\)/,
  ],
  [
    serial,
    "ttyACM0",
    "of an unknown board",
    { listSerialPorts: async () => [{ path: ACM, vendorId: "dead", productId: "beef" }] },
    /USB device dead:beef/,
  ],
  [
    serial,
    "ttyACM0",
    "of an unknown board of a known vendor",
    { listSerialPorts: async () => [{ path: ACM, vendorId: "2341", productId: "ffff" }] },
    /, an Arduino:/,
  ],
  [serial, "ttyACM0", "without any name", { listSerialPorts: async () => [] }, /^ok: \/dev\/ttyACM0: readable/],
  [
    serial,
    "ttyACM0",
    "of a group",
    { ...denied(), userName: "bob" },
    /^problem: .*may not read and write it → sudo usermod -aG dialout \$USER, then log out/,
  ],
  [serial, "ttyACM0", "of a group just joined", denied(), /^problem: .*→ log out and in again: ada is in dialout/],
  [serial, "ttyACM0", "of root", denied({ gid: 0 }), /^problem: .*→ echo 'KERNEL=="ttyACM0".*udevadm trigger$/],
  [serial, "ttyACM0", "of root's alone", denied({ mode: 0o600 }), /^problem: .*→ echo 'KERNEL/],
  [serial, "ttyACM0", "of a group without name", denied({}, { "/etc/group": undefined }), /^problem: .*→ echo 'KERNEL/],
  [
    serial,
    "ttyACM0",
    "of a group, in a container",
    { ...denied(), statuses: { ...container.statuses, [ACM]: DEVICE } },
    /→ start the container with --device \/dev\/ttyACM0 --group-add 20$/,
  ],
  [
    serial,
    "ttyACM0",
    "open elsewhere",
    running({ open: [ACM] }),
    /^problem: .*python3 \(process 42\) has it open → .*kill 42$/,
  ],
  [serial, "ttyACM0", "beside another program", running({}), /^ok/],
  [
    serial,
    "ttyTHS1",
    "of a Jetson, with a console",
    { ...header, processes: () => [getty] },
    /^note: \/dev\/ttyTHS1: a login console \(agetty\).*→ sudo systemctl disable --now nvgetty$/,
  ],
  [serial, "ttyTHS1", "of a Jetson, free", header, /^ok: \/dev\/ttyTHS1: readable/],
  [
    serial,
    "ModemManager",
    "running",
    running({ name: "ModemManager" }),
    /^note: .*→ sudo systemctl disable --now ModemManager$/,
  ],

  [ros, "environment", "sourced", {}, /^ok: humble, \/opt\/ros\/humble$/],
  [ros, "environment", "not installed", shell(), /^note: not installed.*→ .*source \/opt\/ros\/<distro>\/setup\.bash$/],
  [
    ros,
    "environment",
    "not sourced",
    { ...shell(), folders: { "/opt/ros": ["jazzy"] } },
    new RegExp(
      "^note: installed \\(jazzy\\) but not sourced: no ROS_DISTRO, AMENT_PREFIX_PATH, LD_LIBRARY_PATH " +
        "→ source /opt/ros/jazzy/setup\\.bash$",
    ),
  ],
  [
    ros,
    "environment",
    "half sourced",
    { ...shell({ ROS_DISTRO: "humble" }), folders: { "/opt/ros": ["humble", "jazzy"] } },
    /: no AMENT_PREFIX_PATH, LD_LIBRARY_PATH → source \/opt\/ros\/humble/,
  ],
  [
    ros,
    "environment",
    "without ros2",
    shell(sourced),
    /^note: jazzy, but there is no ros2 on the PATH → source \/opt\/ros\/jazzy/,
  ],
  [
    ros,
    "middleware",
    "named",
    shell({ ...sourced, RMW_IMPLEMENTATION: "rmw_cyclonedds_cpp" }),
    /^ok: RMW_IMPLEMENTATION rmw_cyclonedds_cpp$/,
  ],
  [ros, "middleware", "not named", {}, /^ok: RMW_IMPLEMENTATION is not set/],
  [ros, "middleware", "without ROS", shell(), /^ok: not applicable here/],
  [ros, "domain", "given", shell({ ...sourced, ROS_DOMAIN_ID: "42" }), /^ok: ROS_DOMAIN_ID 42$/],
  [ros, "domain", "not given", {}, /^ok: ROS_DOMAIN_ID is not set/],
  [
    ros,
    "domain",
    "too high",
    shell({ ...sourced, ROS_DOMAIN_ID: "150" }),
    /^note: ROS_DOMAIN_ID is "150".*→ export ROS_DOMAIN_ID=0$/,
  ],
  [ros, "domain", "no number", shell({ ...sourced, ROS_DOMAIN_ID: "lab" }), /^note: ROS_DOMAIN_ID is "lab"/],
  [ros, "domain", "without ROS", shell(), /^ok: not applicable here/],
  [ros, "binary", "prebuilt", {}, /^ok: humble-jammy-arm64-node-rclnodejs\.node$/],
  [
    ros,
    "binary",
    "of another Ubuntu",
    { files: { "/etc/os-release": "VERSION_CODENAME=noble\n" } },
    /^note: .*: humble-noble-arm64-node-rclnodejs\.node is missing, there are those for humble-jammy → .*rebuild/,
  ],
  [
    ros,
    "binary",
    "of another distribution",
    shell(sourced),
    /^note: .*: jazzy-jammy-arm64-node-rclnodejs\.node is missing, there are those for humble-jammy →/,
  ],
  [
    ros,
    "binary",
    "of another processor",
    { architecture: "x64" },
    /humble-jammy-x64-.* is missing, there is no other → use an x64 or/,
  ],
  [ros, "binary", "on no Ubuntu", { files: { "/etc/os-release": undefined } }, /humble-unknown-arm64-.* is missing/],
  [ros, "binary", "built here", { ...shell(sourced), folders: BUILT }, /^ok: no jazzy-jammy.*build\/Release/],
  [ros, "binary", "without ROS", shell(), /^ok: not applicable here/],
  [ros, "binary", "without rclnodejs", { packageFolder: () => undefined }, /^ok: not applicable here/],
  [ros, "message classes", "not written", {}, /^ok: not written yet/],
  [ros, "message classes", "whole", { folders: WRITTEN, files: { [MARK]: "2", [VERSION]: "2" } }, /^ok: all written$/],
  [ros, "message classes", "half", { folders: WRITTEN, files: { [VERSION]: "2" } }, /^note: .*half written.*anew$/],
  [
    ros,
    "message classes",
    "of an older generator",
    { folders: WRITTEN, files: { [MARK]: "1", [VERSION]: "2" } },
    /^note: .*anew$/,
  ],

  [packages, "rclnodejs", "installed", {}, /^ok: 1\.2\.3; drives robots on ROS 2$/],
  [packages, "rclnodejs", "not installed", { packageVersion: () => undefined }, /^note: not installed.*→ source ROS 2/],
  [
    packages,
    "@mujoco/mujoco",
    "not installed",
    { packageVersion: () => undefined },
    /^note: not installed; it simulates the plant mujoco.*→ .*npm install --no-save @mujoco\/mujoco@3$/,
  ],
  [
    packages,
    "onnxruntime-node",
    "not installed",
    { packageVersion: () => undefined },
    /^note: not installed.*npm install --no-save/,
  ],
];

const ASKED = { folder: "/runs", device: ACM, askBoard: true };
const answers = (welcome: object = {}, telemetry: object = {}): Machine => ({
  askBoard: async () => ({
    welcome: { ...newWelcome(), version: protocol.version, board: Board.rp2040, resetCause: 1, ...welcome },
    telemetry: { ...newTelemetry(), ...telemetry },
  }),
});
const standing = SensorFlag.gyro | SensorFlag.standing;
const all = SensorFlag.gyro | SensorFlag.battery | SensorFlag.rc;

test.each<[string, string, Machine, RegExp]>([
  ["firmware", "of this version", answers(), /^ok: RP2040, protocol version 2$/],
  [
    "firmware",
    "of another version",
    answers({ result: WelcomeResult.wrongVersion, version: 9 }),
    /^problem: RP2040, protocol version 9; this lapgrad speaks 2 → flash the firmware of this version/,
  ],
  [
    "firmware",
    "none",
    {},
    /^problem: nothing at \/dev\/ttyACM0 answers.*at 250000 baud → flash it: docs\/firmware\.md/,
  ],
  [
    "firmware",
    "of another device",
    { askBoard: async () => ({ bytes: 712 }) },
    /^problem: 712 bytes came from \/dev\/ttyACM0 at 250000 baud, but no answer of our firmware → another device/,
  ],
  [
    "firmware",
    "behind a closed door",
    { ...denied(), ...answers() },
    /^ok: not applicable here: the port cannot be used$/,
  ],
  [
    "last start",
    "by power",
    answers({ resetCause: ResetFlag.powerOn | ResetFlag.brownOut }),
    /^ok: by power on, brown-out$/,
  ],
  [
    "last start",
    "by brown-out",
    answers({ resetCause: ResetFlag.brownOut }),
    /^note: .*too low → feed servo and motor/,
  ],
  ["last start", "by watchdog", answers({ resetCause: ResetFlag.watchdog }), /^note: by watchdog: the firmware hung →/],
  ["last start", "unknown", answers({ resetCause: 0 }), /^ok: by nothing that the board could tell$/],
  ["gyro", "there", answers({}, { sensors: all }), /^ok: measures$/],
  ["gyro", "missing", answers(), /^problem: no yaw rate → keep the car still; wire an MPU-6050/],
  ["self-test", "without a gyro", answers(), /^ok: not applicable here: there is no yaw rate to test$/],
  [
    "self-test",
    "passed",
    answers({}, { sensors: standing, gyroSpread: 0.0032, gyroMean: -0.0004 }),
    /^ok: gyro noise 0\.0032 rad\/s of 0\.1, bias -0\.0004 rad\/s of 0\.02$/,
  ],
  [
    "self-test",
    "a drifted gyro",
    answers({}, { sensors: standing, gyroSpread: 0.003, gyroMean: -0.0312 }),
    /^problem: the standing car turns at -0\.0312 rad\/s by its gyro \(limit 0\.02\) → keep the car still, and restart/,
  ],
  [
    "self-test",
    "a gyro asleep",
    answers({}, { health: HealthFlag.gyroAsleep }),
    /^problem: the gyro's chip sleeps: it lost its power for a moment → check the gyro's cable and supply/,
  ],
  [
    "self-test",
    "the radio at manual",
    answers({}, { sensors: standing | SensorFlag.rc, gyroSpread: 0.003, rcMode: 2000 }),
    /^problem: the radio's mode switch is at 2000 µs; below 1300 µs the host may drive → switch it to automatic$/,
  ],
  ["firmware", "of version 0 that takes any hello", answers({ version: 0 }), /^problem: RP2040, protocol version 0;/],
  ["battery", "there", answers({}, { sensors: all, battery: 7.4 }), /^ok: 7\.40 V$/],
  ["battery", "missing", answers(), /^note: not measured/],
  ["radio", "there", answers({}, { sensors: all, rcMode: 1100 }), /^ok: received, mode switch at 1100 µs$/],
  ["radio", "missing", answers(), /^note: not received/],
])("board, %s: %s", async (name, _, machine, pattern) => {
  expect((await findings(board, machine, ASKED))[name]).toMatch(pattern);
});

test("a board is asked only if its port is named and it is allowed", async () => {
  const askBoard = async () => Promise.reject(new Error("asked"));
  for (const options of [{ folder: "/runs" }, { folder: "/runs", device: ACM }]) {
    const found = await findings(board, { askBoard }, options);
    expect(found.firmware).toMatch(/^ok: not applicable here: not asked; .*--ask-board/);
  }
});

test.each(cases.map(([group, name, what, ...rest]) => [group.name, name, what, group, ...rest] as const))(
  "%s, %s: %s",
  async (_, name, __, group, machine, pattern) => {
    expect((await findings(group, machine))[name]).toMatch(pattern);
  },
);

test("a thread's priority is put back, whether it was given or not", async () => {
  for (const commands of [{}, refused]) {
    const system = fakeSystem({ commands });
    const lines: string[] = [];
    await findings(realTime, {
      ...system,
      run: (...line) => {
        lines.push(line.join(" "));
        return system.run(...line);
      },
    });
    expect(lines.at(-1)).toBe("chrt --other -p 0 4711");
  }
});

test("ports are found once, by all their names, and an idle ttyS not at all", async () => {
  const machine: Machine = {
    listSerialPorts: async () => [{ path: "/dev/ttyS0" }, { path: ACM, vendorId: "2341", productId: "0043" }],
    folders: { "/dev": ["serial0", "ttyACM0", "ttyS0", "ttyUSB0"], "/dev/serial/by-id": ["usb-Arduino-if00"] },
    links: { "/dev/serial/by-id/usb-Arduino-if00": ACM, "/dev/serial0": "/dev/ttyAMA0" },
    statuses: { "/dev/ttyAMA0": DEVICE, "/dev/ttyUSB0": DEVICE },
    files: {
      "/sys/class/tty/ttyUSB0/device/../../idVendor": "1a86",
      "/sys/class/tty/ttyUSB0/device/../../idProduct": "7523",
    },
  };
  const found = await findings(serial, machine);
  expect(Object.keys(found)).toStrictEqual(["package serialport", "ports", "ttyACM0", "ttyAMA0", "ttyUSB0"]);
  expect(found.ports).toContain("3 found");
  expect(found.ttyUSB0).toContain("CH340");
});

test("with --device only that port is looked at, and it must be usable", async () => {
  const look = (machine: Machine, device: string) => findings(serial, machine, { folder: "/runs", device });
  const only = await look({ folders: { "/dev": ["ttyACM0", "ttyUSB0"] } }, ACM);
  expect(Object.keys(only)).toStrictEqual(["package serialport", "ports", "ttyACM0"]);
  expect(only.ports).toMatch(/^ok: \/dev\/ttyACM0 only/);
  const console = await look({ ...header, processes: () => [getty] }, "/dev/ttyTHS1");
  expect(console.ttyTHS1).toMatch(/^problem: .*login console/);
  const general = await look({ processes: () => [{ ...getty, command: "/sbin/agetty ttyACM0 vt220" }] }, ACM);
  expect(general.ttyACM0).toMatch(/→ sudo systemctl disable --now serial-getty@ttyACM0$/);
  const linked = await look({ links: { "/dev/serial/by-id/x": ACM } }, "/dev/serial/by-id/x");
  expect(linked.ttyACM0).toMatch(/^ok: \/dev\/ttyACM0, Arduino/);
  expect((await look({}, "/dev/ttyACM7")).ttyACM7).toMatch(/^problem: \/dev\/ttyACM7 is not there → ls -l/);
  expect((await look(container, "/dev/ttyACM7")).ttyACM7).toMatch(
    /→ start the container with --device \/dev\/ttyACM7$/,
  );
  expect((await look({ statuses: { "/x": FILE } }, "/x")).x).toMatch(/^problem: \/x is no serial port/);
});

test.each<[string, Machine, RegExp]>([
  ["not sourced", shell(), /^ROS 2: not installed/],
  [
    "not installed",
    { packageFolder: () => undefined },
    /^ROS 2: rclnodejs is not installed; .*npm install --no-save rclnodejs@2$/,
  ],
  [
    "without a binary",
    { folders: { [`${RCLNODEJS}/prebuilds/linux-arm64`]: [] } },
    /^ROS 2: rclnodejs has no binary for humble on jammy arm64: .*; .*npm rebuild/,
  ],
  ["on another Ubuntu", { files: { "/etc/os-release": "VERSION_CODENAME=noble\n" } }, /humble-noble-.* is missing/],
  [
    "with those of other computers",
    { folders: { [`${RCLNODEJS}/prebuilds/linux-arm64`]: ["jazzy-noble-arm64-node-rclnodejs.node"] } },
    /no binary/,
  ],
])("rclnodejs %s: refused before it is loaded", (_, machine, refusal) => {
  expect(() => requireRos(fakeSystem(machine))).toThrow(refusal);
});

test.each<[string, Machine]>([
  ["prebuilt", { folders: { [`${RCLNODEJS}/prebuilds/linux-arm64`]: ["humble-jammy-arm64-node-rclnodejs.node"] } }],
  ["built here", { folders: { ...BUILT, [`${RCLNODEJS}/prebuilds/linux-arm64`]: [] } }],
])("rclnodejs with a binary, %s: may be loaded", (_, machine) => {
  expect(() => requireRos(fakeSystem(machine))).not.toThrow();
});

test("a pseudo-terminal that its maker holds open stands for a robot; another program is in the way", async () => {
  const look = (machine: Machine, device: string) => findings(serial, machine, { folder: "/runs", device });
  const desk = {
    pid: 42,
    name: "car-on-desk",
    command: "build/firmware/car-on-desk",
    open: ["/dev/ptmx", "/dev/pts/4"],
  };
  const machine = { statuses: { "/dev/pts/4": DEVICE } };
  const at = async (open: string[]) =>
    (await look({ ...machine, processes: () => [{ ...desk, open }] }, "/dev/pts/4"))["4"];
  expect(await at(desk.open)).toMatch(/^ok: \/dev\/pts\/4: a pseudo-terminal of car-on-desk \(process 42\)/);
  expect(await at(["/dev/pts/4"])).toMatch(/^problem: .*has it open/);
});
