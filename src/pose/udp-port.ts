/** Datagrams from one sender: a port of this computer, or a multicast group. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIP } from "node:net";
import { monotonicTime } from "../clock.js";
import { UserError } from "../errors.js";
import { codeOf, problemOf } from "../files.js";
import { isGroup, ownAddress, type Where } from "./where.js";

/** More in a second are a flood. */
const FLOOD = 3000;
/** A sender that is silent for this time [s] may be followed by another. */
const SILENT = 2;

export interface Datagrams {
  /** Whether this was what is waited for: its sender alone is listened to from then on. */
  hear(data: Buffer, arrived: number): boolean;
  remark(text: string): void;
}

/** Listens to whoever sends first what is waited for, and to nobody else for as long as that one sends. */
export class SenderLock {
  readonly #to: Datagrams;
  #sender = "";
  #heard = Number.NEGATIVE_INFINITY;
  #second = 0;
  #count = 0;

  constructor(to: Datagrams) {
    this.#to = to;
  }

  take(data: Buffer, address: string, now: number): void {
    this.#countFlood(now);
    const isOther = address !== this.#sender;
    if (isOther && now - this.#heard < SILENT) {
      this.#to.remark(`datagrams of ${address} are ignored: ${this.#sender} is listened to`);
      return;
    }
    if (!this.#to.hear(data, now)) return;
    this.#sender = address;
    this.#heard = now;
  }

  #countFlood(now: number): void {
    if (now - this.#second >= 1) {
      this.#second = now;
      this.#count = 0;
    }
    if (++this.#count === FLOOD)
      this.#to.remark(`more than ${FLOOD} datagrams in a second: stop the other senders, or take another port`);
  }
}

/**
 * Listens until the socket is closed.
 * @param where address: a group to join, or an address of this computer to listen on alone
 * @throws UserError if the port is taken, or the address not this computer's
 */
export async function openPort(where: Partial<Where>, port: number, to: Datagrams): Promise<Socket> {
  const { address, via } = where;
  const group = address !== undefined && isGroup(address) ? address : undefined;
  const own = group === undefined ? (address ?? (via === undefined ? undefined : ownAddressOf(via))) : undefined;
  const first = isIP(group ?? own ?? "::") === 4 ? "udp4" : "udp6";
  try {
    return await openAs(first, own, port, group, via, to);
  } catch (error) {
    // a computer without IPv6
    if (codeOf(error) === "EAFNOSUPPORT" && own === undefined && group === undefined)
      return openAs("udp4", undefined, port, undefined, via, to);
    if (error instanceof UserError) throw error;
    const remedies: Readonly<Record<string, string>> = {
      EADDRINUSE: "another program listens there: end it, or let the sender use another port",
      EADDRNOTAVAIL: "that is no address of this computer: leave it out to listen on all",
    };
    const why = remedies[codeOf(error) ?? ""] ?? problemOf(error);
    throw new UserError(`cannot listen for poses on ${address ?? ""}:${port}: ${why}`, 1);
  }
}

function ownAddressOf(via: string): string {
  try {
    return ownAddress(via, "IPv4");
  } catch {
    return ownAddress(via, "IPv6");
  }
}

async function openAs(
  type: "udp4" | "udp6",
  own: string | undefined,
  port: number,
  group: string | undefined,
  via: string | undefined,
  to: Datagrams,
): Promise<Socket> {
  // two programs may follow one group; a port of one computer belongs to one
  const socket = createSocket({ type, reuseAddr: group !== undefined });
  const lock = new SenderLock(to);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind({ port, exclusive: true, ...(own === undefined ? {} : { address: own }) }, () => resolve());
    });
    if (group !== undefined) join(socket, type, group, via);
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.removeAllListeners("error");
  socket.on("error", (error) => to.remark(`the port ${port} failed: ${problemOf(error)}`));
  socket.on("message", (data: Buffer, { address }: RemoteInfo) => lock.take(data, address, monotonicTime()));
  return socket;
}

/** IPv6 wants the interface's name behind the address, IPv4 an address of its own. */
function join(socket: Socket, type: "udp4" | "udp6", group: string, via: string | undefined): void {
  const [bare, scope = via] = group.split("%");
  if (type === "udp4") socket.addMembership(bare, ...(via === undefined ? [] : [ownAddress(via, "IPv4")]));
  else socket.addMembership(bare, ...(scope === undefined ? [] : [`::%${scope}`]));
}
