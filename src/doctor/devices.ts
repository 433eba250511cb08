/** What a PCA9685 and a gamepad hang on: buses and devices of the kernel. Nothing is opened, and nothing is sent. */
import { layoutOf } from "../config/gamepads.js";
import { type Finding, type Group, named, notApplicable, note, ok } from "./check.js";
import { accessRemedy } from "./serial.js";
import { inContainer, type System } from "./system.js";

export const i2c: Group = {
  name: "I²C",
  checks: [
    { name: "buses", run: buses },
    { name: "helper's Python", run: python },
  ],
};
export const gamepad: Group = { name: "gamepad", checks: [{ name: "gamepads", run: gamepads }] };

/** Numbers of the devices of that name in a folder. */
function devicesIn(system: System, folder: string, name: RegExp): readonly string[] {
  return system.list(folder).filter((one) => name.test(one));
}

/** Most computers have buses on which no chip of a car is, so none of them is a problem. */
function buses(system: System): readonly Finding[] {
  const names = devicesIn(system, "/dev", /^i2c-\d+$/);
  if (names.length === 0)
    return [
      notApplicable(
        inContainer(system)
          ? "no /dev/i2c-…, of which a container sees only what it was given (--device /dev/i2c-1)"
          : "no /dev/i2c-…; only link pca9685 needs one (a Raspberry Pi: sudo raspi-config, Interface Options, I2C)",
      ),
    ];
  return names.map((name) => {
    const path = `/dev/${name}`;
    const status = system.status(path);
    if (status === undefined || system.mayUse(path)) return named(name, ok(`${path}: readable and writable`));
    return named(name, note(`${path}: this user may not read and write it`, accessRemedy(system, path, status, "i2c")));
  });
}

async function python(system: System): Promise<Finding> {
  if (devicesIn(system, "/dev", /^i2c-\d+$/).length === 0) return notApplicable("there is no bus");
  const { code, stdout, stderr } = await system.run("python3", "--version");
  if (code === 0) return ok(`${stdout}${stderr}`.trim());
  return note("python3 is not there, and the helpers of link pca9685 are", "sudo apt-get install -y python3-minimal");
}

function gamepads(system: System): readonly Finding[] {
  const names = devicesIn(system, "/dev/input", /^js\d+$/);
  if (names.length === 0) return [notApplicable("none is plugged in or paired")];
  const lines = names.map((name) => named(name, gamepadAt(system, name)));
  if (names.length === 1) return lines;
  const remedy = `name one: --gamepad /dev/input/${names[0]}`;
  return [note(`${names.length} found, so that --gamepad true is not clear`, remedy), ...lines];
}

function gamepadAt(system: System, name: string): Finding {
  const path = `/dev/input/${name}`;
  const called = system.read(`/sys/class/input/${name}/device/name`)?.trim() ?? "";
  const what = `${path}, ${called || "without a name"}`;
  const status = system.status(path);
  // it is only read, which others mostly may
  const mayRead = status === undefined || (status.mode & 0o004) !== 0 || system.mayUse(path);
  if (!mayRead) return note(`${what}: this user may not read it`, accessRemedy(system, path, status, "input"));
  if (layoutOf(called)) return ok(`${what}: its buttons are known`);
  return note(`${what}: its buttons are not known`, "lapgrad setup gamepad");
}
