/**
 * A graph without ROS between processes: nodes are connections to a hub on a UNIX socket, messages are lines of JSON.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { MessageType } from "../../../src/links/ros2/messages.js";
import { type Endpoint, guarded, type JoinGraph, type RosNode } from "../../../src/links/ros2/node.js";
import { Graph } from "./graph.js";

type Word =
  | {
      readonly word: "subscribe" | "advertise";
      readonly type: MessageType;
      readonly topic: string;
      readonly reliability: "reliable" | "best-effort";
    }
  | { readonly word: "start" }
  | { readonly word: "publish"; readonly topic: string; readonly message: unknown };
interface News {
  readonly publishers: readonly (Endpoint & { readonly topic: string })[];
  readonly subscribers: readonly (Endpoint & { readonly topic: string })[];
}

/** The hub: every connection is a node of a {@link Graph}, which logs what is published. */
export class Hub {
  readonly graph = new Graph();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(path: string) {
    this.graph.clock = () => performance.now() / 1000;
    this.#server = createServer((socket) => this.#welcome(socket)).listen(path);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    let node: RosNode | undefined;
    const publishers = new Map<string, (message: unknown) => void>();
    const tell = (what: object) => void socket.write(`${JSON.stringify(what)}\n`);
    const lines = createInterface({ input: socket });
    lines.on("error", () => {}); // a process that was killed
    lines.on("line", (line) => {
      const order = JSON.parse(line) as Word | { readonly word: "join"; readonly name: string };
      if (order.word === "join") node = this.graph.node(order.name);
      else if (order.word === "start") node?.start();
      else if (order.word === "publish") publishers.get(order.topic)?.(order.message);
      else if (order.word === "subscribe")
        node?.subscribe(order.type, order.topic, order.reliability, (message) => tell({ topic: order.topic, message }));
      else {
        const publisher = node?.advertise(order.type, order.topic, order.reliability);
        publishers.set(order.topic, (message) => publisher?.publish(message as never));
      }
      if (order.word !== "publish") this.#tellAll();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      node?.close();
      this.#tellAll();
    });
  }

  #tellAll(): void {
    const named = ({ node, identity, type, reliability, isTransient, topic }: News["publishers"][number]) => ({
      ...{ node, identity, type, reliability, isTransient, topic },
    });
    const news: News = {
      publishers: this.graph.publications.map(named),
      subscribers: this.graph.subscriptions.map(named),
    };
    for (const socket of this.#sockets) socket.write(`${JSON.stringify(news)}\n`);
  }
}

/** Joins the hub that LAPGRAD_TEST_GRAPH names. */
export const joinHub: JoinGraph = async (name, onError) => {
  const socket = connect(process.env.LAPGRAD_TEST_GRAPH ?? "");
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.on("error", () => {});
  const send = (what: Word | { readonly word: "join"; readonly name: string }) =>
    void socket.write(`${JSON.stringify(what)}\n`);
  const takers = new Map<string, (message: unknown) => void>();
  let news: News = { publishers: [], subscribers: [] };
  createInterface({ input: socket }).on("line", (line) => {
    const what = JSON.parse(line) as News | { readonly topic: string; readonly message: unknown };
    if ("topic" in what) takers.get(what.topic)?.(what.message);
    else news = what;
  });
  send({ word: "join", name });
  return {
    name: `/${name}`,
    subscribe: (type, topic, reliability, take) => {
      takers.set(topic, guarded(take, topic, onError) as (message: unknown) => void);
      send({ word: "subscribe", type, topic, reliability });
    },
    advertise: (type, topic, reliability) => {
      send({ word: "advertise", type, topic, reliability });
      return { publish: (message) => send({ word: "publish", topic, message }), settle: () => true };
    },
    start: () => send({ word: "start" }),
    publishersOf: (topic) => news.publishers.filter((one) => one.topic === topic),
    subscribersOf: (topic) => news.subscribers.filter((one) => one.topic === topic),
    close: () => void socket.end(),
  };
};
