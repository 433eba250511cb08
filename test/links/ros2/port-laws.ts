/**
 * What everybody who joins a graph must keep to: the laws of the narrow port, for the graph without ROS and for the
 * real one. They need no test runner, since rclnodejs wants the main thread of a process of its own.
 */
import { strict as assert } from "node:assert";
import { newMessage, type Twist } from "../../../src/links/ros2/messages.js";
import type { JoinGraph, RosNode } from "../../../src/links/ros2/node.js";

/** Lets messages arrive until `done`. Discovery takes less than five seconds; a busy machine may take much longer. */
async function until(done: () => boolean, what: string): Promise<void> {
  const began = performance.now();
  while (!done()) {
    assert(performance.now() - began < 60_000, `${what}: not within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const TWIST = "geometry_msgs/msg/Twist";
let topics = 0;
const newTopic = () => `/lapgrad_law_${topics++}`;
const twistOf = (x: number): Twist => ({ ...newMessage[TWIST](), linear: { x, y: 0, z: 0 } });
const found = (node: RosNode, topic: string) =>
  until(() => node.publishersOf(topic).length > 0 && node.subscribersOf(topic).length > 0, "discovery");

/** Each on a node of its own name. */
export const laws: Readonly<Record<string, (join: JoinGraph) => Promise<void>>> = {
  "what is published arrives, whole": async (join) => {
    const topic = newTopic();
    const node = await join("lapgrad_law", () => {});
    const got: Twist[] = [];
    node.subscribe(TWIST, topic, "reliable", (message) => got.push(message));
    const publisher = node.advertise(TWIST, topic, "reliable");
    node.start();
    await found(node, topic);
    const sent = { linear: { x: 1, y: 2, z: 3 }, angular: { x: 4, y: 5, z: 6.5 } };
    publisher.publish(sent);
    await until(() => got.length > 0, "a message");
    assert.deepEqual(JSON.parse(JSON.stringify(got[0])), sent);
    assert.equal(publisher.settle(500), true);
    node.close();
  },

  "one message instance can be published again and again": async (join) => {
    const topic = newTopic();
    const node = await join("lapgrad_law", () => {});
    const got: number[] = [];
    node.subscribe(TWIST, topic, "reliable", ({ linear }) => got.push(linear.x));
    const publisher = node.advertise(TWIST, topic, "reliable");
    node.start();
    await found(node, topic);
    const message = twistOf(0);
    for (let i = 1; i <= 3; i++) {
      message.linear.x = i;
      publisher.publish(message);
      await until(() => got.at(-1) === i, `message ${i}`);
    }
    node.close();
  },

  "a callback that throws is told, and the next message arrives": async (join) => {
    const topic = newTopic();
    const errors: string[] = [];
    const node = await join("lapgrad_law", (error, where) => errors.push(`${where}: ${(error as Error).message}`));
    const got: number[] = [];
    node.subscribe(TWIST, topic, "reliable", ({ linear }) => {
      if (linear.x === 1) throw new Error("thrown on purpose");
      got.push(linear.x);
    });
    const publisher = node.advertise(TWIST, topic, "reliable");
    node.start();
    await found(node, topic);
    publisher.publish(twistOf(1));
    await until(() => errors.length > 0, "the error");
    publisher.publish(twistOf(2));
    await until(() => got.length > 0, "the next message");
    assert.deepEqual([errors, got], [[`${topic}: thrown on purpose`], [2]]);
    node.close();
  },

  "a best-effort publisher and a reliable subscriber find each other and exchange nothing": async (join) => {
    const topic = newTopic();
    const node = await join("lapgrad_law", () => {});
    const got: Twist[] = [];
    node.subscribe(TWIST, topic, "reliable", (message) => got.push(message));
    const publisher = node.advertise(TWIST, topic, "best-effort");
    node.start();
    await found(node, topic);
    for (let i = 0; i < 10; i++) {
      publisher.publish(twistOf(i));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(got.length, 0);
    node.close();
  },

  "endpoints are named with type and quality": async (join) => {
    const topic = newTopic();
    const node = await join("lapgrad_law", () => {});
    node.subscribe(TWIST, topic, "best-effort", () => {});
    node.advertise(TWIST, topic, "reliable");
    node.start();
    await found(node, topic);
    const [publisher, subscriber] = [node.publishersOf(topic), node.subscribersOf(topic)].map((ends) => {
      const [{ node: name, type, reliability, isTransient } = assert.fail("nobody")] = ends;
      return { name, type, reliability, isTransient };
    });
    const common = { name: "/lapgrad_law", type: TWIST, isTransient: false };
    assert.deepEqual(publisher, { ...common, reliability: "reliable" });
    assert.deepEqual(subscriber, { ...common, reliability: "best-effort" });
    node.close();
  },

  "endpoints have identities of their own, though their nodes may have one name": async (join) => {
    const topic = newTopic();
    const node = await join("lapgrad_law", () => {});
    for (let i = 0; i < 2; i++) node.advertise(TWIST, topic, "reliable");
    node.start();
    await until(() => node.publishersOf(topic).length === 2, "discovery");
    const [publishers, again] = [node.publishersOf(topic), node.publishersOf(topic)];
    for (const publisher of publishers) assert.equal(publisher.node, node.name);
    const identities = publishers.map(({ identity }) => identity).sort();
    assert.notEqual(identities[0], identities[1]);
    for (const identity of identities) assert.match(identity, /^[0-9a-f]{16,}$/);
    assert.deepEqual(again.map(({ identity }) => identity).sort(), identities);
    node.close();
  },

  "nobody is there: publishing is harmless, and settles": async (join) => {
    const topic = newTopic();
    const node = await join("lapgrad_law", () => {});
    const publisher = node.advertise(TWIST, topic, "reliable");
    node.start();
    publisher.publish(twistOf(1));
    assert.equal(publisher.settle(500), true);
    assert.equal(node.subscribersOf(topic).length, 0);
    node.close();
  },
};
