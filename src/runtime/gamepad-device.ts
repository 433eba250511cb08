/** Which gamepad is meant, and what its buttons do. */
import { closeSync, constants, openSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type GamepadLayout, type GamepadMapping, layoutOf } from "../config/gamepads.js";
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";

/** What the control thread needs of a gamepad. */
export interface GamepadPort {
  readonly descriptor: number;
  readonly mapping: GamepadMapping;
}

/** Where the kernel has gamepads, and their names; other folders in tests. */
export interface GamepadFolders {
  readonly devices: string;
  readonly names: string;
}
const FOLDERS: GamepadFolders = { devices: "/dev/input", names: "/sys/class/input" };

/** A gamepad that was found. */
export interface FoundGamepad {
  readonly path: string;
  /** as the kernel has it; "" if it does not say */
  readonly name: string;
}

/** All gamepads of this computer. */
export function findGamepads({ devices, names }: GamepadFolders = FOLDERS): FoundGamepad[] {
  let files: string[] = [];
  try {
    files = readdirSync(devices);
  } catch {
    // no device of that kind was ever plugged in
  }
  return files
    .filter((file) => /^js\d+$/.test(file))
    .sort()
    .map((file) => ({ path: join(devices, file), name: nameOf(file, names) }));
}

function nameOf(file: string, names: string): string {
  try {
    return readFileSync(join(names, file, "device", "name"), "utf8").trim();
  } catch {
    return "";
  }
}

/**
 * Opens the gamepad of a configuration; undefined if it has none.
 * @throws UserError if it is not clear which one is meant, what its buttons do, or if it cannot be read
 */
export function openGamepad(
  config: Pick<RunConfig, "gamepad" | "gamepad-map">,
  folders: GamepadFolders = FOLDERS,
): GamepadPort | undefined {
  if (config.gamepad === "") return undefined;
  const { path, name } = gamepadMeant(config.gamepad, folders);
  const { throttleReversed = false, steeringReversed = false, maxThrottle = 0.2, ...buttons } = config["gamepad-map"];
  const layout = { ...layoutOf(name), ...buttons };
  const { hold, stop, begin, throttle, steering } = layout;
  if ([hold, stop, begin, throttle, steering].includes(undefined))
    throw new UserError(
      `the buttons of ${path} (${name || "without a name"}) are not known: lapgrad setup gamepad finds them, or give ` +
        "their numbers, e.g. --gamepad-map hold=5,stop=1,begin=7,throttle=1,steering=3 (docs/gamepad.md)",
    );
  if (new Set([hold, stop, begin]).size < 3 || throttle === steering)
    throw new UserError(
      `gamepad-map has hold ${hold}, stop ${stop}, begin ${begin}, throttle ${throttle}, steering ${steering}: ` +
        "three buttons and two axes must differ",
    );
  const mapping = { ...(layout as GamepadLayout), throttleReversed, steeringReversed, maxThrottle };
  return { descriptor: openDevice(path), mapping };
}

export function closeGamepad({ descriptor }: GamepadPort): void {
  closeDevice(descriptor);
}

export function closeDevice(descriptor: number): void {
  closeSync(descriptor);
}

/** The gamepad that is named, or, of "true", the only one there is. @throws UserError if it is not clear */
export function gamepadMeant(gamepad: string, folders: GamepadFolders = FOLDERS): FoundGamepad {
  if (gamepad !== "true") return { path: gamepad, name: nameOf(basename(gamepad), folders.names) };
  const all = findGamepads(folders);
  const [only] = all;
  if (only && all.length === 1) return only;
  const found = all.map(({ path, name }) => (name ? `${path} (${name})` : path)).join(", ");
  throw new UserError(
    all.length === 0
      ? `there is no gamepad in ${folders.devices}: plug it in or pair it, and press a button (docs/gamepad.md)`
      : `which gamepad? There are ${found}: name one, e.g. --gamepad ${only.path}`,
  );
}

/** Opens it without waiting. @throws UserError if it cannot be read */
export function openDevice(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "EACCES"
        ? "its group is input mostly: sudo usermod -aG input $USER, then log in anew"
        : "is it plugged in, or paired and switched on? (docs/gamepad.md)";
    throw new UserError(`cannot open the gamepad ${path} (${code}): ${why}`, 1);
  }
}
