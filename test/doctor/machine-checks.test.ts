/** Computer, core, disk and clocks: every outcome of every check. */
import { expect, test } from "@jest/globals";
import type { DoctorOptions, Group } from "../../src/doctor/check.js";
import { computer, isOlder } from "../../src/doctor/computer.js";
import { core, KNOWN_STATE } from "../../src/doctor/core.js";
import { disk } from "../../src/doctor/disk.js";
import { time } from "../../src/doctor/time.js";
import { UserError } from "../../src/errors.js";
import { FILE, FOLDER, findings, type Machine } from "./fake.js";

const release = (text: string | undefined): Machine => ({ files: { "/etc/nv_tegra_release": text } });
const failing = (code: string): Machine => ({
  writeTimes: async () => {
    throw Object.assign(new Error(code), { code });
  },
});
const withoutFlush: Machine = { writeTimes: () => Promise.reject(new Error("Method not implemented.")) };
const synchronised = (stdout: string): Machine => ({
  commands: { "timedatectl show -p NTPSynchronized --value": { stdout } },
});
const adjtimex = (status: number): Machine => ({
  commands: {
    "timedatectl show -p NTPSynchronized --value": { code: 1 },
    "adjtimex --print": { stdout: `         mode: 0\n       status: ${status}\n` },
  },
});
const clockStep = (step: bigint): Machine => {
  let now = 10n ** 12n;
  return { monotonicClock: () => (now += step) };
};
const laptop: Machine = { files: { "/proc/device-tree/model": undefined }, processor: "AMD Ryzen", cores: 1 };

const cases: [Group, string, string, Machine, RegExp][] = [
  [computer, "model", "of the device tree", {}, /^ok: NVIDIA Jetson Orin Nano Developer Kit, 6 cores$/],
  [computer, "model", "of a laptop", laptop, /^ok: AMD Ryzen, 1 core$/],
  [computer, "model", "without a name", { ...laptop, processor: "" }, /^ok: a processor without a name/],
  [computer, "JetPack", "6", {}, /^ok: JetPack 6 \(L4T 36\.3\.0\)$/],
  [computer, "JetPack", "5", release("# R35 (release), REVISION: 4.1, GCID: 1"), /^ok: JetPack 5 \(L4T 35\.4\.1\)$/],
  [computer, "JetPack", "4", release("# R32 (release), REVISION: 7.1, GCID: 1"), /^note: JetPack 4.*→ docker run/],
  [computer, "JetPack", "of the future", release("# R99 (release), REVISION: 0.1"), /^note: unknown release "# R99/],
  [computer, "JetPack", "not there", release(undefined), /^ok: not applicable here/],
  [computer, "architecture", "arm64", {}, /^ok: arm64$/],
  [computer, "architecture", "32 bits", { architecture: "arm" }, /^note: arm: .*→ install the 64-bit/],
  [computer, "glibc", "new enough", { glibc: () => "2.28" }, /^ok: 2\.28$/],
  [computer, "glibc", "too old", { glibc: () => "2.27" }, /^problem: 2\.27; needed is 2\.28.*→ docker run/],
  [computer, "glibc", "musl", { glibc: () => undefined }, /^note: none/],
  [computer, "glibc", "macOS", { platform: "darwin" }, /^ok: not applicable here: darwin$/],
  [computer, "memory", "enough", {}, /^ok: 5\.0 GB of 8\.0 GB free$/],
  [
    computer,
    "memory",
    "little",
    { memory: { total: 4e9, available: 200e6 } },
    /^note: 200 MB of 4\.0 GB free.*→ .*ps aux/,
  ],
  [
    computer,
    "memory",
    "none",
    { memory: { total: 4e9, available: 20e6 }, platform: "darwin" },
    /^problem: 20 MB.*→ end/,
  ],
  [computer, "Node", "as needed", {}, /^ok: v20\.20\.2$/],
  [computer, "Node", "too old", { nodeVersion: "v18.19.0" }, /^problem: v18\.19\.0; needed is >=20\.20\.2 → curl/],

  [core, "WebAssembly SIMD", "there", {}, /^ok/],
  [core, "WebAssembly SIMD", "not there", { validatesWasm: () => false }, /^problem: .*→ use Node 20\.20/],
  [core, "relaxed SIMD", "there", {}, /^ok/],
  [
    core,
    "relaxed SIMD",
    "not there",
    { validatesWasm: (bytes) => bytes.length < 40 },
    /^note: not there.*→ node --exp/,
  ],
  [core, "rollout", "the known result", {}, /^ok: .*bit for bit$/],
  [core, "control step", "fast", {}, /^ok: 4\.0 µs/],
  [
    core,
    "control step",
    "slow",
    { probeCore: async () => ({ finalState: KNOWN_STATE, stepMicroseconds: 2500 }) },
    /^note: 2500 µs/,
  ],
  [
    core,
    "rollout",
    "another result",
    { probeCore: async () => ({ finalState: [1], stepMicroseconds: 4 }) },
    /^problem: ended at 1; known is 0\.4.*→ npm ci/,
  ],
  [
    core,
    "rollout",
    "no core",
    { probeCore: () => Promise.reject(new UserError("cannot read the core", 1)) },
    /^problem: cannot read the core → npm ci/,
  ],

  [disk, "free space", "enough", {}, /^ok: 50\.0 GB at \/$/],
  [disk, "free space", "little", { freeSpace: () => 400e6 }, /^note: 400 MB at \/.*→ du -sh/],
  [disk, "free space", "none", { freeSpace: () => 1e6 }, /^problem: 1 MB at \/: the disk is full → du -sh/],
  [disk, "run folder", "to be made", {}, /^ok: \/ is writable$/],
  [disk, "run folder", "there", { statuses: { "/runs": FOLDER } }, /^ok: \/runs is writable$/],
  [disk, "run folder", "a file", { statuses: { "/runs": FILE } }, /^problem: \/runs is a file.*→ lapgrad doctor --out/],
  [
    disk,
    "run folder",
    "read-only",
    failing("EROFS"),
    /^problem: cannot write in \/: it is on a read-only disk.*→ sudo mount/,
  ],
  [disk, "run folder", "full", failing("ENOSPC"), /^problem: .*the disk is full.*→ df -h/],
  [disk, "run folder", "of another user", failing("EACCES"), /^problem: .*access is denied.*→ sudo chown/],
  [disk, "run folder", "broken", failing("EIO"), /^problem: .*does not work: check it and its cable → ls -ld/],
  [disk, "run folder", "busy", failing("EBUSY"), /^problem: .*EBUSY → ls -ld/],
  [disk, "run folder", "of Plug'n'Play", withoutFlush, /^problem: .*Plug'n'Play.*→ set nodeLinker: node-modules in/],
  [disk, "flush", "fast", {}, /^ok: 2\.0 ms \(p99 4\.0 ms\)/],
  [
    disk,
    "flush",
    "slow",
    { writeTimes: async () => [3, 80, 4] },
    /^note: 4\.0 ms \(p99 80\.0 ms\).*3 times: slow.*→ record on an SSD/,
  ],

  [time, "clock", "synchronised", {}, /^ok: synchronised, 2026-06-01 12:00 UTC$/],
  [time, "clock", "not synchronised", synchronised("no\n"), /^note: not synchronised.*→ sudo timedatectl set-ntp true/],
  [
    time,
    "clock",
    "synchronised, and timedatectl does not answer in time",
    { ...synchronised(""), statuses: { "/run/systemd/timesync/synchronized": FILE } },
    /^ok: synchronised/,
  ],
  [
    time,
    "clock",
    "not synchronised, in a container",
    { ...synchronised("no\n"), statuses: { "/.dockerenv": FILE } },
    /^note: .*→ outside the container: sudo timedatectl/,
  ],
  [time, "clock", "synchronised, by adjtimex", adjtimex(0x2001), /^ok: synchronised/],
  [time, "clock", "not synchronised, by adjtimex", adjtimex(0x40), /^note: not synchronised/],
  [
    time,
    "clock",
    "nothing tells",
    { commands: { "timedatectl show -p NTPSynchronized --value": { code: 1 } } },
    /^ok: not applicable here: neither/,
  ],
  [time, "clock", "of macOS", { platform: "darwin" }, /^ok: not applicable here: nothing tells on darwin/],
  [
    time,
    "clock",
    "never set",
    { wallClock: () => 86_400_000 },
    /^note: 1970-01-02 00:00 UTC is past.*→ .*sudo date -s/,
  ],
  [time, "monotonic clock", "fine", {}, /^ok: moves in steps of at most 32 ns \(arch_sys_counter\)$/],
  [time, "monotonic clock", "coarse", clockStep(4_000_000n), /^note: moves in steps of 4000000 ns/],
  [time, "monotonic clock", "standing", clockStep(0n), /^problem: it stood still/],
  [time, "monotonic clock", "backward", clockStep(-5n), /^problem: it went back by 5 ns/],
];

test.each(cases.map(([group, name, what, ...rest]) => [group.name, name, what, group, ...rest] as const))(
  "%s, %s: %s",
  async (_, name, __, group, machine, pattern) => {
    const options: DoctorOptions = { folder: "/runs" };
    expect((await findings(group, machine, options))[name]).toMatch(pattern);
  },
);

test("a fault of the core that is none of the user's is not called one", async () => {
  await expect(findings(core, { probeCore: () => Promise.reject(new TypeError("x")) })).rejects.toThrow(TypeError);
});

test("versions are compared number by number", () => {
  for (const [version, needed, older] of [
    ["v20.9.0", ">=20.20.2", true],
    ["v22.0.0", ">=20.20.2", false],
    ["2.9", "2.28", true],
    ["2.28", "2.28", false],
    ["3.0", "2.28", false],
    ["2", "2.28", true],
  ] as const)
    expect([version, isOlder(version, needed)]).toStrictEqual([version, older]);
});
