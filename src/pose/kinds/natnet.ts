/** OptiTrack's Motive by NatNet: a handshake tells version, port and group, then rigid bodies come frame by frame. */
import { isIP } from "node:net";
import { UserError } from "../../errors.js";
import { shortened } from "../../output.js";
import type { PoseKind, PoseSink } from "../kind.js";
import {
  NatNet,
  type NatNetFrame,
  type NatNetServer,
  NEWEST_NATNET,
  natNetKindOf,
  natNetMessage,
  OLDEST_NATNET,
  type RigidBody,
  readFrame,
  readModels,
  readServer,
} from "../natnet/messages.js";
import { openPort } from "../udp-port.js";
import { ownAddress, type Where } from "../where.js";

const COMMAND_PORT = 1510;
/** Asks again after this time [ms]; so often without an answer there is no server. Also how often it is kept alive. */
const ASK_EVERY = 1000;
const MOST_ASKS = 5;
const SILENCE =
  "in Motive, Data Streaming (or Streaming): Enable, Local Interface that of this network, Rigid Bodies on, Up Axis Z";

/** Talks to one server. */
export class NatNetClient {
  readonly #sink: PoseSink;
  readonly #send: (message: Buffer) => void;
  #names = new Map<number, string>();
  #areNamesKnown = false;
  server: NatNetServer | undefined;

  constructor(sink: PoseSink, send: (message: Buffer) => void) {
    this.#sink = sink;
    this.#send = send;
  }

  /** A datagram of the server, whichever of its ports it came from; whether it had a pose of the car. */
  hear(data: Buffer, arrived: number): boolean {
    const kind = natNetKindOf(data);
    if (kind === NatNet.serverInfo) this.#greet(data);
    else if (kind === NatNet.models) this.#learn(data);
    else if (kind === NatNet.frame) return this.#hearFrame(data, arrived);
    else if (kind !== NatNet.unrecognised) this.#sink.remark("a datagram that is none of NatNet's, or cut off");
    return false;
  }

  /** Asks for what is not known yet, once a second; and tells the server that somebody listens. */
  ask(): void {
    if (this.server === undefined) this.#send(natNetMessage(NatNet.connect, "Ping"));
    else if (!this.#areNamesKnown) this.#send(natNetMessage(NatNet.requestModels));
    if (this.server?.group === undefined && this.server !== undefined) this.#send(natNetMessage(NatNet.keepAlive));
  }

  #greet(data: Buffer): void {
    this.server ??= readServer(data);
    this.ask();
  }

  #learn(data: Buffer): void {
    const names = this.server && readModels(data, this.server.version);
    if (names) this.#names = names;
    else this.#sink.remark("the list of Motive's rigid bodies cannot be read");
    this.#areNamesKnown = names !== undefined;
  }

  #hearFrame(data: Buffer, arrived: number): boolean {
    const { server } = this;
    if (server === undefined || !this.#areNamesKnown) return false;
    const frame = readFrame(data, server);
    if (frame === undefined) {
      this.#sink.remark(`a frame that is not as NatNet ${versionText(server.version)} has it, or cut off`);
      return false;
    }
    if (frame.isOther) this.#areNamesKnown = false;
    let isOurs = false;
    for (const body of frame.bodies) isOurs = this.#hearBody(body, frame, arrived) || isOurs;
    return isOurs;
  }

  #hearBody(body: RigidBody, { taken, sent }: NatNetFrame, arrived: number): boolean {
    const name = this.#names.get(body.id) ?? `${body.id}`;
    if (!body.isTracked) {
      this.#sink.lose(name, arrived);
      return false;
    }
    const { x, y, qx, qy, qz, qw } = body;
    const heading = Math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz));
    const tilt = Math.acos(Math.max(-1, Math.min(1, 1 - 2 * (qx * qx + qy * qy))));
    return this.#sink.take({ name, x, y, heading, tilt, taken, sent }, arrived);
  }
}

function versionText(version: number): string {
  return `${Math.floor(version / 100)}.${version % 100}`;
}

/** Until the server has answered. */
async function handshake(client: NatNetClient, address: string): Promise<NatNetServer> {
  for (let asks = 0; asks < MOST_ASKS; asks++) {
    client.ask();
    for (let waited = 0; waited < ASK_EVERY && client.server === undefined; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (client.server === undefined) continue;
    const { version, application } = client.server;
    if (version >= OLDEST_NATNET && version <= NEWEST_NATNET) return client.server;
    throw new UserError(
      `${shortened(application)} at ${address} speaks NatNet ${versionText(version)}; known are 2.0 to 4.x: ` +
        "use another version of Motive, or send by a script with --pose udp",
      1,
    );
  }
  throw new UserError(`no Motive answers at ${address} on port ${COMMAND_PORT}: ${SILENCE}`, 1);
}

async function openNatNet(where: Where | undefined, sink: PoseSink): Promise<void> {
  const address = where?.address;
  if (where === undefined || address === undefined)
    throw new UserError("the address of Motive's computer is needed, e.g. --pose natnet=192.168.1.10");
  if (isIP(address) === 0)
    throw new UserError(`"${shortened(address)}" is no IP address; Motive shows its own as Local Interface`);
  const port = where.port ?? COMMAND_PORT;
  const own = where.via === undefined ? undefined : ownAddress(where.via, isIP(address) === 4 ? "IPv4" : "IPv6");
  const client = new NatNetClient(sink, (message) => socket.send(message, port, address));
  const listener = {
    hear: (data: Buffer, arrived: number) => client.hear(data, arrived),
    remark: (text: string) => sink.remark(text),
  };
  // an address of its own family, so that what it sends has one too
  const socket = await openPort({ address: own ?? (isIP(address) === 4 ? "0.0.0.0" : "::") }, 0, listener);
  const server = await handshake(client, address);
  if (server.group !== undefined) await openPort({ address: server.group, via: own }, server.dataPort, listener);
  setInterval(() => client.ask(), ASK_EVERY);
}

const natnet: PoseKind = {
  summary: "OptiTrack's Motive by NatNet",
  silence: SILENCE,
  within: 10,
  open: openNatNet,
};

export default natnet;
