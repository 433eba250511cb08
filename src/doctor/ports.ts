/** Which serial ports there are, from whatever this system has to tell. */
import { basename } from "node:path";
import { boardName } from "./boards.js";
import type { ListedPort, System } from "./system.js";

export interface Port {
  readonly path: string;
  /** on the computer's own board (a Jetson's or Pi's header) rather than plugged in */
  readonly onboard: boolean;
  readonly board: string | undefined;
}

/** USB ports, and the UARTs of Jetson (ttyTHS) and Raspberry Pi (ttyAMA, serial0). */
const NAMES = /^(tty(ACM|USB|THS|AMA)\d+|serial0)$/;
const USB = /tty(ACM|USB)\d+$/;

/** All ports that a robot may be at; the package's list is asked first, and does without where it has none. */
export async function findPorts(system: System): Promise<Port[]> {
  const listed = await system.listSerialPorts().catch((): ListedPort[] => []);
  const links = ["/dev/serial/by-id", "/dev/serial/by-path"]
    .flatMap((folder) => system.list(folder).map((name) => `${folder}/${name}`))
    .flatMap((link) => system.realPath(link) ?? []);
  const devices = system
    .list("/dev")
    .filter((name) => NAMES.test(name))
    .flatMap((name) => system.realPath(`/dev/${name}`) ?? []);
  // of the ports that are not USB the list has every ttyS that the kernel knows, mostly without any hardware
  const usb = listed.filter(({ vendorId }) => vendorId).map(({ path }) => path);
  const paths = [...new Set([...usb, ...links, ...devices])].sort();
  return paths.map((path) => describe(system, path, listed));
}

/** The port of this path, whatever it is called. */
export async function portAt(system: System, path: string): Promise<Port> {
  const listed = await system.listSerialPorts().catch((): ListedPort[] => []);
  return describe(system, system.realPath(path) ?? path, listed);
}

function describe(system: System, path: string, listed: readonly ListedPort[]): Port {
  const known = listed.find((port) => port.path === path);
  // the USB device lies one folder above a ttyACM's interface, two above a ttyUSB's
  const above = ["..", "../.."].map((up) => `/sys/class/tty/${basename(path)}/device/${up}`);
  const id = (name: string) => above.map((folder) => system.read(`${folder}/${name}`)?.trim()).find(Boolean);
  const vendor = known?.vendorId ?? id("idVendor");
  const product = known?.productId ?? id("idProduct");
  return { path, onboard: !USB.test(path) && !vendor, board: boardName(vendor, product) };
}
