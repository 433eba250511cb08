/**
 * A page's server: one document and its WebSocket on the loopback interface. It sends what a page lacks when the
 * page has taken what it was sent, so that nothing queues; what it hears is an ask (messages.ts) or the end of the
 * connection.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { UserError } from "../errors.js";
import { codeOf, problemOf } from "../files.js";
import { newToken, refusalOf, targetOf } from "./guard.js";
import type { ServedPage } from "./page.js";

/** Port that is tried first; so many after it are tried when it is taken. */
const PORT = 8765;
const TRIES = 20;
/** Pages and other viewers at a time. */
const MOST = 24;
/** What a viewer may send in a frame [byte]. */
const LARGEST = 1024;
/** A viewer that has not taken so much [byte] gets nothing more until it has. */
const WAITING = 64 * 1024;
/** A connection that does not answer twice in a row is closed [ms]. */
const PING = 10_000;
/** What is not to be understood, in the WebSocket's own numbers. */
const REFUSED = 1008;

const STATUS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  503: "Service Unavailable",
};

/** Somebody who looks. */
export interface Viewer {
  /** has taken what was sent: more may follow */
  readonly isReady: boolean;
  send(data: string | Uint8Array): void;
}

/** What is said on one sub-protocol. */
export interface Service {
  /** only the page of this server may speak it */
  readonly ofPage: boolean;
  open(viewer: Viewer): void;
  close(viewer: Viewer): void;
  /** false: that is nothing that may be said, and the connection ends */
  hear(viewer: Viewer, data: Buffer, isBinary: boolean): boolean;
}

export class ViewServer {
  readonly token = newToken();
  readonly #page: ServedPage;
  readonly #services: Readonly<Record<string, Service>>;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #timer: NodeJS.Timeout;
  /** the port that it listens on */
  port = 0;

  /** `services`: by sub-protocol. */
  constructor(page: ServedPage, services: Readonly<Record<string, Service>>) {
    this.#page = page;
    this.#services = services;
    this.#http = createServer({ maxHeaderSize: 8192, requestTimeout: 5000 }, (request, response) =>
      this.#answer(request, response),
    );
    this.#http.maxConnections = 256;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: LARGEST,
      perMessageDeflate: false,
      handleProtocols: (offered) => [...offered].find((name) => Object.hasOwn(services, name)) ?? false,
    });
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    // browsers keep connections ready: an answer to one on which nothing was asked would be taken for that of the next
    this.#http.on("clientError", (error: NodeJS.ErrnoException, socket) =>
      error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? socket.destroy() : refuse(socket, 400),
    );
    this.#timer = setInterval(() => this.#ping(), PING).unref();
  }

  /**
   * Listens on the wanted port or, if that is taken, on one of those behind it. 0: any that is free.
   * @param setting how another is given
   */
  async listen(wanted = PORT, setting = "--port or, beside --view, --view-port"): Promise<void> {
    for (let port = wanted; ; port++) {
      const error = await this.#tryPort(port);
      if (error === undefined) return;
      const isLast = port === wanted + TRIES || port === 65_535;
      if (codeOf(error) !== "EADDRINUSE" || isLast)
        throw new UserError(
          `the page cannot listen on port ${wanted}${isLast ? ` to ${port}` : ""}: ${problemOf(error)}; ` +
            `give another with ${setting}`,
          1,
        );
    }
  }

  #tryPort(port: number): Promise<unknown> {
    return new Promise((resolve) => {
      const failed = (error: unknown) => resolve(error);
      this.#http.once("error", failed);
      this.#http.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
        this.#http.off("error", failed);
        const address = this.#http.address();
        this.port = typeof address === "object" && address !== null ? address.port : port;
        resolve(undefined);
      });
    });
  }

  /** Where the page is. */
  get address(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.token}`;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const client of this.#sockets.clients) client.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** The page at `/`, and nothing anywhere else: no path leads to a file. */
  #answer(request: IncomingMessage, response: ServerResponse): void {
    const target = targetOf(request);
    const isRead = request.method === "GET" || request.method === "HEAD";
    const status = !isRead
      ? 405
      : target?.pathname !== "/"
        ? 404
        : (refusalOf(request, target, this.token, false) ?? 200);
    const isPage = status === 200;
    response.writeHead(status, {
      "Content-Type": isPage ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
      "Content-Security-Policy": isPage ? this.#page.policy : "default-src 'none'",
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
    const hint = status === 401 ? ": the address that lapgrad printed has the token at its end" : "";
    response.end(isPage ? this.#page.html : `${status} ${STATUS[status]}${hint}\n`);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const service = this.#serviceFor(request);
    if (typeof service === "number") refuse(socket, service);
    else this.#sockets.handleUpgrade(request, socket, head, (client) => serve(client, service));
  }

  /** What a request wants to speak, or the HTTP status with which it is refused. */
  #serviceFor(request: IncomingMessage): Service | 400 | 401 | 403 | 404 | 503 {
    const target = targetOf(request);
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
    const name = offered.find((one) => Object.hasOwn(this.#services, one));
    if (name === undefined) return 400;
    const service = this.#services[name];
    // a page asks at /live; Foxglove takes an address as a person types it
    if (!target || !["/", "/live"].includes(target.pathname)) return 404;
    const isFull = this.#sockets.clients.size >= MOST;
    return refusalOf(request, target, this.token, service.ofPage) ?? (isFull ? 503 : service);
  }

  #ping(): void {
    for (const client of this.#sockets.clients as Set<Pinged>) {
      if (client.isAsked) client.terminate();
      client.isAsked = true;
      client.ping();
    }
  }
}

/** A connection that was asked whether it is there, and has not answered. */
type Pinged = WebSocket & { isAsked?: boolean };

function serve(client: Pinged, service: Service): void {
  const viewer: Viewer = {
    get isReady() {
      return client.readyState === client.OPEN && client.bufferedAmount < WAITING;
    },
    send: (data) => client.send(data),
  };
  client.on("error", () => client.terminate()); // an oversized or malformed frame
  client.on("pong", () => {
    client.isAsked = false;
  });
  client.on("close", () => service.close(viewer));
  client.on("message", (data: Buffer, isBinary) => {
    if (!service.hear(viewer, data, isBinary)) client.close(REFUSED, "that is nothing that may be asked here");
  });
  service.open(viewer);
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
