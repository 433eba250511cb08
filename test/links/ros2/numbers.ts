/** What every message must be: complete, and made of numbers. */
import { expect } from "@jest/globals";
import { newMessage } from "../../../src/links/ros2/messages.js";
import type { Graph } from "./graph.js";

/** Every number in a message, with its path. */
export function numbersIn(message: unknown, path = ""): [string, number][] {
  if (typeof message === "number") return [[path, message]];
  if (typeof message !== "object" || message === null) return [];
  return Object.entries(message).flatMap(([key, value]) => numbersIn(value, `${path}.${key}`));
}

/** Everything that was published: no field is missing or too much, and every number is one. */
export function expectWhole({ log }: Graph): void {
  expect(log.length).toBeGreaterThan(0);
  for (const { type, message } of log) {
    const numbers = numbersIn(message);
    expect(numbers.filter(([, value]) => !Number.isFinite(value))).toEqual([]);
    if (type === "diagnostic_msgs/msg/DiagnosticArray") continue; // of any length
    const paths = numbers.map(([path]) => path).join();
    expect(paths).toBe(
      numbersIn(newMessage[type](""))
        .map(([path]) => path)
        .join(),
    );
  }
}
