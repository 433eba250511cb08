/** The live page's server against those who may not look, and those who say what nobody should. */
import { spawnSync } from "node:child_process";
import { connect as connectTo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { refusalOf, targetOf } from "../../src/serve/guard.js";
import { type Service, type Viewer, ViewServer } from "../../src/serve/server.js";
import { askOf, PROTOCOL } from "../../src/view/messages.js";
import { until } from "../support/until.js";

const PAGE = { html: "<p>page</p>", policy: "default-src 'none'" };

/** Tells everybody who comes, and hears whole numbers. */
class Numbers implements Service {
  readonly ofPage: boolean;
  readonly viewers = new Set<Viewer>();
  readonly heard: string[] = [];
  constructor(ofPage: boolean) {
    this.ofPage = ofPage;
  }
  open(viewer: Viewer): void {
    this.viewers.add(viewer);
    viewer.send("welcome");
  }
  close(viewer: Viewer): void {
    this.viewers.delete(viewer);
  }
  hear(_: Viewer, data: Buffer): boolean {
    this.heard.push(String(data));
    return /^\d+$/.test(String(data));
  }
}

const pages = new Numbers(true);
const others = new Numbers(false);
let server: ViewServer;
let origin: string;

beforeAll(async () => {
  server = new ViewServer(PAGE, { [PROTOCOL]: pages, other: others });
  await server.listen(0);
  origin = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

/** What becomes of a connection: the HTTP status that refused it, or what it was told first. */
function outcomeOf(
  path: string,
  { protocol = PROTOCOL, headers = {} }: { protocol?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number } | { socket: WebSocket; told: string }> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocol, { headers });
  return new Promise((resolve) => {
    socket.on("unexpected-response", (_, { statusCode = 0 }) => {
      resolve({ status: statusCode });
      socket.terminate();
    });
    socket.on("error", () => {});
    socket.once("message", (data) => resolve({ socket, told: String(data) }));
  });
}

async function opened(protocol = PROTOCOL): Promise<WebSocket> {
  const outcome = await outcomeOf(`/live?token=${server.token}`, { protocol });
  if (!("socket" in outcome)) throw new Error(`refused with ${outcome.status}`);
  return outcome.socket;
}

const closed = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once("close", resolve));

/** Status line of what is written to the port as it stands. */
function statusOf(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connectTo(server.port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("close", () => resolve(answer.split("\r\n")[0]));
    socket.on("error", () => {});
  });
}

const rawGet = (path: string, host = `127.0.0.1:${server.port}`) =>
  statusOf(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

describe("the page", () => {
  test("is given to whoever knows the token, and may be kept by nobody", async () => {
    const response = await fetch(server.address);
    expect([response.status, await response.text()]).toEqual([200, PAGE.html]);
    expect(response.headers.get("content-security-policy")).toBe(PAGE.policy);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-frame-options")).toBe("DENY");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
  test.each(["", "?token=", "?token=0", "?token=00000000000000000000000000000000", "?Token=x"])(
    "is refused to %p",
    async (query) => {
      const response = await fetch(`${origin}/${query}`);
      expect(response.status).toBe(401);
      expect(await response.text()).toMatch(/^401 Unauthorized: the address that lapgrad printed/);
    },
  );
  test.each([
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2fpackage.json",
    "//etc/passwd",
    "/config.yaml",
    "/favicon.ico",
    "http://example.org/",
  ])("no path leads to a file: %s", async (path) => {
    expect(await rawGet(`${path}?token=${server.token}`)).toBe("HTTP/1.1 404 Not Found");
  });
  test("is read, and nothing else", async () => {
    expect((await fetch(server.address, { method: "POST", body: "x" })).status).toBe(405);
    expect((await fetch(server.address, { method: "DELETE" })).status).toBe(405);
  });
  test("a name that only DNS leads here by is refused", async () => {
    expect(await rawGet(`/?token=${server.token}`, "evil.example:8765")).toBe("HTTP/1.1 403 Forbidden");
    expect(await rawGet(`/?token=${server.token}`, "localhost:9000")).toBe("HTTP/1.1 200 OK");
  });
  test("what is no HTTP ends with a status, not the server", async () => {
    expect(await statusOf("\x16\x03\x01 rubbish\r\n\r\n")).toBe("HTTP/1.1 400 Bad Request");
    expect(await statusOf(`GET / HTTP/1.1\r\nX: ${"a".repeat(20_000)}\r\n\r\n`)).toBe("HTTP/1.1 400 Bad Request");
    expect((await fetch(server.address)).status).toBe(200);
  });
});

describe("the WebSocket", () => {
  test.each<[string, string, Record<string, string>, number]>([
    ["no token", "/live", {}, 401],
    ["a wrong token", "/live?token=1234", {}, 401],
    ["another page", "/live?token=TOKEN", { Origin: "http://evil.example" }, 403],
    ["another port's page", "/live?token=TOKEN", { Origin: "http://127.0.0.1:1" }, 403],
    ["a page of a file", "/live?token=TOKEN", { Origin: "null" }, 403],
    ["another path", "/../live2?token=TOKEN", {}, 404],
  ])("is refused to %s", async (_, path, headers, status) => {
    expect(await outcomeOf(path.replace("TOKEN", server.token), { headers })).toEqual({ status });
  });
  test("is refused without a sub-protocol that is spoken here", async () => {
    expect(await outcomeOf(`/live?token=${server.token}`, { protocol: "chat" })).toEqual({ status: 400 });
  });
  test("is given to the page itself, and one that others may speak to them", async () => {
    const own = await outcomeOf(`/live?token=${server.token}`, { headers: { Origin: origin } });
    const other = await outcomeOf(`/?token=${server.token}`, {
      protocol: "other",
      headers: { Origin: "https://app.foxglove.dev" },
    });
    for (const outcome of [own, other]) {
      expect(outcome).toMatchObject({ told: "welcome" });
      if ("socket" in outcome) outcome.socket.terminate();
    }
  });
  test("an oversized frame ends its connection alone", async () => {
    const [bad, good] = [await opened(), await opened()];
    bad.send("1".repeat(1025));
    expect(await closed(bad)).toBe(1009);
    good.send("17");
    await until(() => pages.heard.includes("17"));
    good.terminate();
  });
  test("what may not be said ends the connection", async () => {
    const socket = await opened();
    socket.send("stop, please");
    expect(await closed(socket)).toBe(1008);
  });
  test.each([
    ["reserved bits", [0xf1, 0x80, 0, 0, 0, 0]],
    ["no mask", [0x81, 0x01, 0x31]],
    ["text that is none", [0x81, 0x81, 0, 0, 0, 0, 0xff]],
  ])("a malformed frame (%s) ends its connection alone", async (_, bytes) => {
    const socket = await opened();
    const { _socket: wire } = socket as unknown as { _socket: { write(bytes: Buffer): void } };
    wire.write(Buffer.from(bytes));
    await closed(socket);
    const after = await opened();
    after.terminate();
  });
});

test("of a hundred viewers those beyond the limit are refused, and the others are kept", async () => {
  await until(() => pages.viewers.size === 0);
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcomeOf(`/live?token=${server.token}`)));
  const sockets = outcomes.flatMap((outcome) => ("socket" in outcome ? [outcome.socket] : []));
  expect(sockets).toHaveLength(24);
  expect(outcomes.filter((outcome) => "status" in outcome && outcome.status === 503)).toHaveLength(76);
  const told = sockets.map((socket) => new Promise((resolve) => socket.once("message", (data) => resolve(`${data}`))));
  for (const viewer of pages.viewers) viewer.send("still here");
  expect(new Set(await Promise.all(told))).toEqual(new Set(["still here"]));
  for (const socket of sockets) socket.terminate();
  await until(() => pages.viewers.size === 0);
  (await opened()).terminate();
});

test("a viewer that does not read gets nothing more, and nothing queues", async () => {
  const socket = await opened();
  const [viewer] = pages.viewers;
  const { _socket: wire } = socket as unknown as { _socket: { pause(): void } };
  wire.pause();
  let sent = 0;
  for (; viewer.isReady && sent < 10_000; sent++) {
    viewer.send("x".repeat(10_000));
    if (sent % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(sent).toBeLessThan(10_000);
  expect(viewer.isReady).toBe(false);
  socket.terminate();
});

test("nothing listens beyond loopback", () => {
  const hex = server.port.toString(16).toUpperCase().padStart(4, "0");
  const listening = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
    spawnSync("cat", [file], { encoding: "utf8" })
      .stdout.split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = "", , state]) => local.endsWith(`:${hex}`) && state === "0A")
      .map(([, local]) => local),
  );
  if (process.platform === "linux") expect(listening).toEqual([`0100007F:${hex}`]);
});

test("a port that is taken leads to the next one", async () => {
  const other = new ViewServer(PAGE, {});
  await other.listen(server.port);
  expect(other.port).toBeGreaterThan(server.port);
  expect(other.port).toBeLessThanOrEqual(server.port + 20);
  expect((await fetch(other.address)).status).toBe(200);
  await other.close();
});

test("a port that cannot be had is named, with a remedy", async () => {
  const taken: Server = createServer().listen(65_535, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const other = new ViewServer(PAGE, {});
  await expect(other.listen(65_535)).rejects.toThrow(/cannot listen on port 65535.*--view-port/);
  await expect(other.listen(65_535, "--camera")).rejects.toThrow(/cannot listen on port 65535.*another with --camera$/);
  await other.close();
  taken.close();
});

test("what a request means", () => {
  expect(targetOf({ url: "/?token=1" })?.pathname).toBe("/");
  for (const url of ["", "*", "//host/", "http://host/"]) expect(targetOf({ url })).toBeUndefined();
  const target = new URL("http://x/?token=abc");
  const asked = (headers: Record<string, string>) => refusalOf({ headers }, target, "abc", true);
  expect(asked({ host: "[::1]:1" })).toBeUndefined();
  expect(asked({ host: "127.0.0.1.evil.example" })).toBe(403);
  expect(asked({})).toBe(403);
  expect(asked({ host: "localhost:1", origin: "http://localhost:1" })).toBeUndefined();
  expect(asked({ host: "localhost:1", origin: "https://localhost:1" })).toBe(403);
  expect(refusalOf({ headers: { host: "localhost" } }, target, "abcd", true)).toBe(401);
});

test("what a page may ask, and nothing else", () => {
  expect(askOf('{"ask":"stop"}')).toEqual({ ask: "stop" });
  expect(askOf('{"ask":"rollout","run":0,"index":7}')).toEqual({ ask: "rollout", run: 0, index: 7 });
  const others = [
    '{"ask":"stop","now":1}',
    '{"ask":"go"}',
    '{"ask":"rollout","run":-1,"index":1}',
    "7",
    "null",
    "{",
    "",
  ];
  for (const text of [...others, '{"ask":"rollout","run":0,"index":"../x"}', "[]", '"stop"'])
    expect(askOf(text)).toBeUndefined();
});
