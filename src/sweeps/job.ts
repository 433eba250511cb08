/** A job of a plan: what is to be computed, its name, and its answer as text. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical.js";

/** One computation that depends on nothing but its settings, its seed among them; plain data. */
export interface Job {
  /** which function computes it: kinds.ts */
  readonly kind: string;
  readonly settings: unknown;
}

/** Hexadecimal digits of a name. */
const LENGTH = 32;

/** The job's name, by its content and the version that computes it: equal jobs have equal names, whoever plans them. */
export function nameOf({ kind, settings }: Job, version: string): string {
  const text = canonicalJson([version, kind, settings]);
  return createHash("sha256").update(`${text}`).digest("hex").slice(0, LENGTH);
}

/** What JSON has no number for stands as an object with this key alone. */
const NUMBER = "number";

/** An answer as a line of JSON from which {@link decoded} makes the same bits. */
export function encoded(answer: unknown): string {
  return `${JSON.stringify(answer, (_, value) => (isPlain(value) ? value : { [NUMBER]: textOf(value) }))}\n`;
}

const isPlain = (value: unknown) => typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0));
const textOf = (value: number) => (value === 0 ? "-0" : String(value));

/** The answer that a text of {@link encoded} holds. @throws SyntaxError if it is cut short */
export function decoded(text: string): unknown {
  return JSON.parse(text, (_, value) => (isNumber(value) ? Number(value[NUMBER]) : value));
}

function isNumber(value: unknown): value is { readonly number: string } {
  if (typeof value !== "object" || value === null || !(NUMBER in value)) return false;
  return typeof value[NUMBER] === "string" && Object.keys(value).length === 1;
}
