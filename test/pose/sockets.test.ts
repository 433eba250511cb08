/** Sockets of the loopback interface: IPv6, groups, interfaces, other senders, floods, ports that are taken. */
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, test } from "@jest/globals";
import { hearJson } from "../../src/pose/kinds/udp.js";
import { openPort, SenderLock } from "../../src/pose/udp-port.js";
import { whereOf } from "../../src/pose/where.js";
import { until } from "../support/until.js";
import { freePort, Heard } from "./harness.js";

const DATAGRAM = Buffer.from('{"name":"car","t":1,"x":2,"y":3,"phi":0.5}');

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) await new Promise<void>((resolve) => socket.close(() => resolve()));
});

async function listen(place: string) {
  const heard = new Heard();
  const where = whereOf(place);
  const socket = await openPort(where, where.port ?? 0, {
    hear: (data, arrived) => hearJson(data, arrived, heard),
    remark: (text) => heard.remark(text),
  });
  sockets.push(socket);
  return heard;
}

/** Sends until something is heard: a datagram may be lost. */
async function sendTo(heard: Heard, type: "udp4" | "udp6", port: number, address: string, via?: string) {
  const socket = createSocket(type);
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, () => resolve()));
  if (via !== undefined) socket.setMulticastInterface(via);
  const timer = setInterval(() => socket.send(DATAGRAM, port, address), 10);
  await until(() => heard.poses.length > 0);
  clearInterval(timer);
}

const hasIPv6 = networkInterfaces().lo?.some(({ family }) => family === "IPv6") === true;
const six = hasIPv6 ? test : test.skip;

test("a port takes both kinds of addresses", async () => {
  const port = await freePort();
  const heard = await listen(`${port}`);
  await sendTo(heard, "udp4", port, "127.0.0.1");
  expect(heard.poses[0]).toMatchObject({ name: "car", x: 2, y: 3, heading: 0.5, taken: 1, sent: 1 });
});

six("IPv6, to any address and to one", async () => {
  for (const place of ["", "[::1]:"]) {
    const port = await freePort();
    const heard = await listen(`${place}${port}`);
    await sendTo(heard, "udp6", port, "::1");
    expect(heard.poses[0].x).toBe(2);
  }
});

test("a group, on the interface that is named by its address or name", async () => {
  for (const via of ["127.0.0.1", "lo"]) {
    const port = await freePort();
    const heard = await listen(`239.255.42.98:${port}@${via}`);
    await sendTo(heard, "udp4", port, "239.255.42.98", "127.0.0.1");
    expect(heard.poses[0].y).toBe(3);
  }
});

test("a port that is taken, an address of another computer and an unknown interface are refused", async () => {
  const port = await freePort();
  await listen(`127.0.0.1:${port}`);
  await expect(listen(`127.0.0.1:${port}`)).rejects.toThrow(/another program listens there/);
  await expect(listen(`198.51.100.1:${port}`)).rejects.toThrow(/no address of this computer/);
  await expect(listen(`239.1.2.3:${await freePort()}@ethx`)).rejects.toThrow(/no interface "ethx" .* there are: .*lo/);
});

describe("senders", () => {
  const lockOf = () => {
    const heard = new Heard();
    const lock = new SenderLock({
      hear: (data, arrived) => hearJson(data, arrived, heard),
      remark: (text) => heard.remark(text),
    });
    return { heard, lock };
  };

  test("who sends poses of the car is listened to alone, until it falls silent", () => {
    const { heard, lock } = lockOf();
    lock.take(Buffer.from("nonsense"), "10.0.0.9", 100);
    lock.take(DATAGRAM, "10.0.0.1", 100.1);
    lock.take(DATAGRAM, "10.0.0.2", 100.2);
    lock.take(DATAGRAM, "10.0.0.1", 101.9);
    lock.take(DATAGRAM, "10.0.0.2", 102.5);
    expect(heard.poses.length).toBe(2);
    expect(heard.remarks).toEqual([
      expect.stringMatching(/is no JSON/),
      "datagrams of 10.0.0.2 are ignored: 10.0.0.1 is listened to",
      "datagrams of 10.0.0.2 are ignored: 10.0.0.1 is listened to",
    ]);
    lock.take(DATAGRAM, "10.0.0.2", 104);
    expect(heard.poses.length).toBe(3);
  });

  test("a flood from elsewhere is said, and costs the poses nothing", () => {
    const { heard, lock } = lockOf();
    lock.take(DATAGRAM, "10.0.0.1", 100);
    for (let i = 0; i < 5000; i++) lock.take(DATAGRAM, "10.0.0.2", 100 + i * 1e-4);
    lock.take(DATAGRAM, "10.0.0.1", 100.5);
    expect(heard.poses.length).toBe(2);
    expect(heard.remarks.filter((text) => /more than 3000 datagrams in a second/.test(text)).length).toBe(1);
  });
});

test.each([
  ["5005", { address: undefined, port: 5005, via: undefined }],
  ["192.168.1.10", { address: "192.168.1.10", port: undefined, via: undefined }],
  ["192.168.1.10:1510@eth0", { address: "192.168.1.10", port: 1510, via: "eth0" }],
  ["[fe80::1%eth0]:7", { address: "fe80::1%eth0", port: 7, via: undefined }],
  ["motive.lab:1510", { address: "motive.lab", port: 1510, via: undefined }],
])("the place %s", (text, expected) => expect(whereOf(text)).toEqual(expected));

test.each(["", "::1", "a b", "host:port", "1:2", "x:70000", "0", "a:1:2", "[::1", "@"])(
  "the place '%s' is refused",
  (text) => {
    expect(() => whereOf(text)).toThrow(/allowed is/);
  },
);
