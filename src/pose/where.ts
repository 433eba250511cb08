/** Where a source is listened to or asked: [address][:port][@interface], as in udp=239.1.2.3:5005@wlan0. */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import { meantInstead } from "../spelling.js";

export interface Where {
  /** of the sender, of a group, or of this computer; undefined: any */
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** name or address of one of this computer's interfaces */
  readonly via: string | undefined;
}

const WHERE = "address, port or address:port, an IPv6 address in [ ], and @interface behind it where there are several";
const FORM = /^(?:\[([\da-f:.]+(?:%\w+)?)\]|([^\s:@[\]]+))?(?::(\d+))?(?:@([\w.:-]+))?$/i;
const MOST_PORT = 65535;

/**
 * What stands behind a source's name; a lone number is a port.
 * @throws UserError if it is nothing like that
 */
export function whereOf(text: string): Where {
  const refuse = () => new UserError(`"${shortened(text)}" is no place of a sender; allowed is ${WHERE}`);
  const match = FORM.exec(text);
  if (text === "" || !match) throw refuse();
  const [, bracketed, plain, digits, via] = match;
  const isPort = plain !== undefined && /^\d+$/.test(plain);
  const port = isPort ? plain : digits;
  if (isPort && digits !== undefined) throw refuse();
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= MOST_PORT))
    throw new UserError(`port ${port} in "${shortened(text)}"; allowed is 1 to ${MOST_PORT}`);
  return {
    address: bracketed ?? (isPort ? undefined : plain),
    port: port === undefined ? undefined : Number(port),
    via,
  };
}

/** Whether an address is one of a multicast group. */
export function isGroup(address: string): boolean {
  return isIP(address) === 4 ? /^(22[4-9]|23\d)\./.test(address) : /^ff/i.test(address);
}

/**
 * This computer's address on an interface that is given by its name or address.
 * @throws UserError if there is none
 */
export function ownAddress(via: string, family: "IPv4" | "IPv6"): string {
  if (isIP(via) !== 0) return via;
  const all = networkInterfaces();
  const found = all[via]?.find((one) => one.family === family);
  if (found) return found.address;
  const names = Object.keys(all);
  throw new UserError(
    `there is no interface "${shortened(via)}" with an ${family} address; ${meantInstead(via, names)}` +
      `there are: ${names.join(", ")}`,
  );
}
