/** What doctor says of I²C buses and gamepads: every outcome. */
import { expect, test } from "@jest/globals";
import { gamepad, i2c } from "../../src/doctor/devices.js";
import { DEVICE, FILE, findings, type Machine } from "./fake.js";

const bus: Machine = { folders: { "/dev": ["null", "i2c-1"] }, statuses: { "/dev/i2c-1": { ...DEVICE, gid: 998 } } };
const python = { "python3 --version": { stdout: "Python 3.11.2\n" } };
const pads = (...names: string[]): Machine => ({
  folders: { "/dev/input": ["event0", ...names.map((_, i) => `js${i}`)] },
  statuses: Object.fromEntries(names.map((_, i) => [`/dev/input/js${i}`, { ...DEVICE, mode: 0o664, gid: 995 }])),
  files: Object.fromEntries(names.map((name, i) => [`/sys/class/input/js${i}/device/name`, `${name}\n`])),
});

test("a bus that may be used, one that may not, none, and none in a container", async () => {
  expect(await findings(i2c, { ...bus, commands: python })).toEqual({
    "i2c-1": "ok: /dev/i2c-1: readable and writable",
    "helper's Python": "ok: Python 3.11.2",
  });
  const denied = await findings(i2c, { ...bus, mayUse: () => false, files: { "/etc/group": "i2c:x:998:bob\n" } });
  expect(denied["i2c-1"]).toMatch(/^note: .*may not read and write it → sudo usermod -aG i2c \$USER/);
  expect(denied["helper's Python"]).toMatch(/^note: python3 is not there/);
  const rule = await findings(i2c, { ...bus, mayUse: () => false });
  expect(rule["i2c-1"]).toContain('GROUP="i2c"');
  const none = await findings(i2c);
  expect(none.buses).toMatch(/^ok: not applicable here: no \/dev\/i2c-…; only link pca9685/);
  expect(none["helper's Python"]).toMatch(/^ok: not applicable here/);
  const inside = await findings(i2c, { statuses: { "/.dockerenv": FILE } });
  expect(inside.buses).toContain("--device /dev/i2c-1");
});

test("gamepads: none, one that is known, one that is not, two, and one that may not be read", async () => {
  expect(await findings(gamepad)).toEqual({ gamepads: "ok: not applicable here: none is plugged in or paired" });
  expect(await findings(gamepad, pads("Logitech Gamepad F710"))).toEqual({
    js0: "ok: /dev/input/js0, Logitech Gamepad F710: its buttons are known",
  });
  const two = await findings(gamepad, pads("Sony Interactive", "Some pad"));
  expect(two.gamepads).toBe("note: 2 found, so that --gamepad true is not clear → name one: --gamepad /dev/input/js0");
  expect(two.js1).toMatch(/^note: .*Some pad: its buttons are not known → lapgrad setup gamepad/);
  const closed = { ...pads(""), statuses: { "/dev/input/js0": { ...DEVICE, gid: 995 } }, mayUse: () => false };
  const denied = await findings(gamepad, { ...closed, files: { "/etc/group": "input:x:995:\n" } });
  expect(denied.js0).toMatch(/without a name: this user may not read it → sudo usermod -aG input/);
});
