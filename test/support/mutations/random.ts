/** Random choices that a seed determines, and changes of texts and bytes made of them. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** Cuts, flips, fills, doubles, drops and moves bytes, one to three times. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  let changed: Uint8Array = Uint8Array.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times--) changed = changeOnce(random, changed);
  return changed;
}

function changeOnce(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const count = 1 + random.below(random.pick([1, 4, 16, 256]));
  const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(7)) {
    case 0:
      return before;
    case 1:
      if (at < bytes.length) bytes[at] ^= 1 << random.below(8);
      return bytes;
    case 2:
      return bytes.fill(random.pick([0, 0xff, 0x7f, 0x80, 0x20, 0x5b]), at, Math.min(at + count, bytes.length));
    case 3:
      return Buffer.concat([before, behind.subarray(count)]);
    case 4:
      return Buffer.concat([before, behind.subarray(0, count), behind]);
    case 5:
      return Buffer.concat([before, Buffer.from(Array.from({ length: count }, () => random.below(256))), behind]);
    default:
      return bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length) + count);
  }
}

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  0.5,
  1e-3,
  1e-9,
  5e-324,
  1e-320,
  1e3,
  1e9,
  1e20,
  1e160,
  1.7976931348623157e308,
  -1e308,
  255,
  256,
  65535,
  65536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
];
const OTHERS = [
  null,
  true,
  false,
  "",
  "NaN",
  "Infinity",
  "-Infinity",
  "0",
  "1e999",
  "constructor",
  "__proto__",
  "\u0000",
  "x".repeat(300),
  [],
  {},
  [[]],
  [null],
  { __proto__: null, x: 1 },
];

/** A number that is another, far off or near. */
export function otherNumber(random: Random, value: number): number {
  switch (random.below(4)) {
    case 0:
      return random.pick(NUMBERS);
    case 1:
      return -value;
    case 2:
      return value * 10 ** (random.below(41) - 20);
    default:
      return value + random.pick([1, -1, 0.1, 1e-6]);
  }
}

/** A value of JSON with one to three of its parts changed. */
export function mutateValue(random: Random, value: unknown): unknown {
  let changed = structuredClone(value);
  for (let times = 1 + random.below(3); times > 0; times--) changed = changePart(random, changed);
  return changed;
}

/** Goes down into the value for a while, and changes the part that it comes to. */
function changePart(random: Random, value: unknown): unknown {
  const isBranch = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isBranch || random.chance(0.15)) return otherValue(random, value);
  const key = random.pick(Object.keys(value));
  const parts = value as Record<string, unknown>;
  if (random.chance(0.12)) changeKey(random, parts, key);
  else if (random.chance(0.06)) parts[key] = parts[random.pick(Object.keys(parts))];
  else parts[key] = changePart(random, parts[key]);
  return value;
}

function changeKey(random: Random, parts: Record<string, unknown>, key: string): void {
  if (Array.isArray(parts)) {
    if (random.chance(0.5)) parts.splice(Number(key), 1 + random.below(3));
    else parts.splice(Number(key), 0, structuredClone(parts[Number(key)]));
    return;
  }
  const moved = parts[key];
  if (random.chance(0.7)) delete parts[key];
  if (random.chance(0.5)) parts[random.pick([`${key}x`, key.toUpperCase(), "extra", "constructor"])] = moved;
}

function otherValue(random: Random, value: unknown): unknown {
  if (typeof value === "number" && random.chance(0.7)) return otherNumber(random, value);
  if (typeof value === "string" && random.chance(0.4))
    return Buffer.from(mutateBytes(random, Buffer.from(value))).toString("latin1");
  return structuredClone(random.pick<unknown>(random.chance(0.3) ? NUMBERS : OTHERS));
}
