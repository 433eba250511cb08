/** What is at a port where no robot of ours is: bytes of another device are told apart from silence. */
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { askBoard, disarmBoard } from "../../src/links/board.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import { BoardTransport, type VirtualBoard, VirtualHost } from "../in-the-loop/virtual-host.js";
import { randomNumbers } from "../support/cores.js";

const LINKS = ["serial", "vesc", "waveshare"] as const;
const random = randomNumbers(2);
const randomBytes = (length: number) => Uint8Array.from({ length }, () => 256 * random());
const NMEA = Buffer.from("$GPGGA,120000.00,4700.0000,N,00800.0000,E,1,08,1.0,400.0,M,48.0,M,,*5F\r\n");

/** What arrives within 20 ms, of what was sent. */
const devices: Record<string, (sent: Uint8Array) => Uint8Array> = {
  "a satellite receiver": () => NMEA.subarray(0, 15),
  "a lidar": () => Buffer.concat([Uint8Array.of(0x54, 0x2c), randomBytes(45)]),
  "a boot loader": () => Buffer.from("rst:0x1 (POWERON_RESET),boot:0x13\r\n"),
  "another baud rate": () => randomBytes(20).map((byte) => byte & 0xe0),
  zeros: () => new Uint8Array(30),
  "an echo": (sent) => sent,
};

/** A device that lets time pass and talks. */
class Talker implements VirtualBoard {
  nowUs = 0;
  #receive: (bytes: Uint8Array) => void = () => {};
  #sent: Uint8Array = new Uint8Array();
  readonly #talk: (sent: Uint8Array) => Uint8Array;

  constructor(talk: (sent: Uint8Array) => Uint8Array) {
    this.#talk = talk;
  }

  async connect(receive: (bytes: Uint8Array) => void): Promise<void> {
    this.#receive = receive;
  }
  async disconnect(): Promise<void> {}
  async send(bytes: Uint8Array): Promise<void> {
    this.#sent = bytes.slice();
  }
  async run(ms: number): Promise<void> {
    this.nowUs += 1000 * ms;
    this.#receive(this.#talk(this.#sent));
  }
}

/** What is said when a link is opened to a device that talks so. */
async function refusal(link: (typeof LINKS)[number], talk: (sent: Uint8Array) => Uint8Array): Promise<string> {
  const task = link === "waveshare" ? "quadruped-figure8" : "car-figure8";
  const config = completeConfig({ task, link, hidden: [4] });
  const talker = new Talker(talk);
  const host = new VirtualHost(config, talker, talker, 1000);
  const operator = {
    signal: new AbortController().signal,
    say: () => {},
    confirm: async () => true,
    takeHeartbeat: () => true,
  };
  const log = { begin: async () => {}, take: () => {}, end: async () => {}, failure: undefined };
  return new RobotLink(host, config, operator, log).open().then(
    () => "opened",
    (error: Error) => error.message,
  );
}

test.each(LINKS.flatMap((link) => Object.keys(devices).map((name) => [link, name] as const)))(
  "%s: bytes of %s are no silence",
  async (link, name) => {
    const said = await refusal(link, devices[name] ?? NMEA.subarray);
    expect(said).toMatch(
      /[1-9]\d* bytes came within 5 s, but no answer of a robot among them; another device is at this/,
    );
  },
);

test.each(LINKS)("%s: silence, and a little noise, is said as before", async (link) => {
  expect(await refusal(link, () => new Uint8Array())).toMatch(/nothing answered within 5 s; check cable, power, port/);
  let noise = 10;
  const noisy = () => randomBytes(noise-- > 0 ? 1 : 0);
  expect(await refusal(link, noisy)).toMatch(/nothing answered within 5 s/);
});

test("a board that is asked, or told to disarm, outside a drive", async () => {
  const transport = new BoardTransport();
  const pause = async () => transport.arrive(NMEA);
  expect(await askBoard(transport, pause, 1)).toStrictEqual({ bytes: 150 * NMEA.length });
  expect(await disarmBoard(transport, pause)).toStrictEqual({ bytes: 150 * NMEA.length });
});
