/**
 * The JavaScript twin's stand-in for WebAssembly memory and AssemblyScript's built-ins.
 * scripts/twin.mjs copies this file beside the rewritten sources and imports from it whatever they name.
 *
 * Integers are JavaScript numbers: a cast wraps (<i32>x is x | 0), an addition or multiplication does not. Sources that
 * rely on wrapping say so: (a + b) | 0, i32.mul(a, b), a >>> 0. A division of integers needs a cast around it:
 * <i32>(a / b).
 */

const PAGE = 65536;
const MAX_PAGES = 32767;

// Views of the one memory: reassigned when it grows, never held elsewhere. The rewritten load<f64>(p) reads
// F64[p >>> 3].
export let F64, F32, I32, U32, I16, U16, I8, U8;

function view(buffer) {
  F64 = new Float64Array(buffer);
  F32 = new Float32Array(buffer);
  I32 = new Int32Array(buffer);
  U32 = new Uint32Array(buffer);
  I16 = new Int16Array(buffer);
  U16 = new Uint16Array(buffer);
  I8 = new Int8Array(buffer);
  U8 = new Uint8Array(buffer);
}
view(new ArrayBuffer(PAGE));

export const memory = {
  get buffer() {
    return F64.buffer;
  },
  size: () => F64.buffer.byteLength / PAGE,
  /**
   * Returns the former size in pages, or -1. As in WebAssembly, views made before are then stale (here: not detached).
   */
  grow(pages) {
    const before = memory.size();
    if (before + pages > MAX_PAGES) return -1;
    if (pages > 0) {
      const bytes = U8;
      try {
        view(new ArrayBuffer((before + pages) * PAGE));
      } catch {
        return -1;
      }
      U8.set(bytes);
    }
    return before;
  },
  fill(start, value, bytes) {
    U8.fill(value, start, start + bytes);
  },
  copy(to, from, bytes) {
    U8.copyWithin(to, from, from + bytes);
  },
  compare(a, b, bytes) {
    for (let i = 0; i < bytes; i++) if (U8[a + i] !== U8[b + i]) return U8[a + i] - U8[b + i];
    return 0;
  },
};

/** First free byte; static data (memory.data) is placed before it while the modules load, heap.alloc moves it after. */
export let __heap_base = 1024;

function take(bytes, align) {
  const start = Math.ceil(__heap_base / align) * align;
  const missing = Math.ceil((start + bytes) / PAGE) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) abort("out of memory");
  __heap_base = start + bytes;
  return start;
}
export const __alloc = (bytes) => take(bytes, 16);
export const __free = () => {};
export const heap = {
  alloc: __alloc,
  free: __free,
  reset: () => {},
  realloc(block, bytes) {
    const moved = __alloc(bytes);
    memory.copy(moved, block, bytes);
    return moved;
  },
};
export function dataBytes(bytes, align = 16) {
  return take(bytes, align);
}
export function dataF64(values) {
  const start = take(8 * values.length, 8);
  F64.set(values, start >>> 3);
  return start;
}
export function dataI32(values) {
  const start = take(4 * values.length, 4);
  I32.set(values, start >>> 2);
  return start;
}

export function abort(message = "abort", file = "", line = 0, column = 0) {
  throw new Error(file ? `${message} (${file}:${line}:${column})` : `${message}`);
}
export function unreachable() {
  throw new Error("unreachable");
}
export function assert(value, message = "assertion failed") {
  if (!value) throw new Error(message);
  return value;
}
export const unchecked = (value) => value;
export const changetype = (value) => value;
export const select = (whenTrue, whenFalse, condition) => (condition ? whenTrue : whenFalse);

export const abs = Math.abs;
export const ceil = Math.ceil;
export const floor = Math.floor;
export const trunc = Math.trunc;
export const sqrt = Math.sqrt;
export const min = Math.min;
export const max = Math.max;
export const clz = Math.clz32;
/**
 * Rounds to the nearest integer, halves to the even one. Beyond 2^52 every number is whole; adding it and taking it
 * away rounds.
 */
export function nearest(x) {
  const whole = 4503599627370496;
  if (!(Math.abs(x) < whole)) return x;
  return x > 0 || Object.is(x, 0) ? x + whole - whole : x - whole + whole || -0;
}
export function copysign(x, sign) {
  const negative = sign < 0 || Object.is(sign, -0);
  return negative ? -Math.abs(x) : Math.abs(x);
}
/** The engine's Math. Its sin, cos, exp … are not bit for bit AssemblyScript's; everything that IEEE 754 defines is. */
export const NativeMath = Math;

const common = {
  abs,
  min,
  max,
  select,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
};
export const f64 = Object.assign((x) => +x, common, {
  ceil,
  floor,
  trunc,
  sqrt,
  nearest,
  copysign,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  EPSILON: Number.EPSILON,
  MIN_VALUE: Number.MIN_VALUE,
  MAX_VALUE: Number.MAX_VALUE,
  MIN_NORMAL_VALUE: 2.2250738585072014e-308,
  MIN_SAFE_INTEGER: Number.MIN_SAFE_INTEGER,
  MAX_SAFE_INTEGER: Number.MAX_SAFE_INTEGER,
  POSITIVE_INFINITY: Infinity,
  NEGATIVE_INFINITY: -Infinity,
  NaN: Number.NaN,
});
export const f32 = Object.assign((x) => Math.fround(x), common);
export const i32 = Object.assign((x) => x | 0, common, {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: Math.imul,
  div_s: (a, b) => (a / b) | 0,
  div_u: (a, b) => ((a >>> 0) / (b >>> 0)) | 0,
  rem_s: (a, b) => (a % b) | 0,
  rem_u: (a, b) => ((a >>> 0) % (b >>> 0)) | 0,
  shl: (a, b) => a << b,
  shr_s: (a, b) => a >> b,
  shr_u: (a, b) => (a >>> b) | 0,
  clz,
  rotl: (a, b) => (a << b) | (a >>> (32 - b)),
  rotr: (a, b) => (a >>> b) | (a << (32 - b)),
  MIN_VALUE: -2147483648,
  MAX_VALUE: 2147483647,
});
export const u32 = Object.assign((x) => x >>> 0, common, { MIN_VALUE: 0, MAX_VALUE: 4294967295 });
export const isize = i32;
export const usize = u32;
export const u16 = (x) => x & 0xffff;
export const i16 = (x) => (x << 16) >> 16;
export const u8 = (x) => x & 0xff;
export const i8 = (x) => (x << 24) >> 24;
export const bool = (x) => !!x;

export class StaticArray extends Array {
  constructor(length) {
    super(length);
    this.fill(0);
  }
  static get [Symbol.species]() {
    return Array;
  }
  static fromArray(values) {
    return Object.assign(new StaticArray(values.length), values);
  }
}

function missing(name) {
  throw new Error(
    `the JavaScript twin has no ${name}: guard it with "if (ASC_FEATURE_SIMD)" and write the scalar branch beside it`,
  );
}
/** Constants of a module may be built from these at load; whatever computes with them, or stores them, throws. */
function lanes(name) {
  const placeholder = Object.freeze({ [Symbol.toPrimitive]: () => missing(name) });
  const make = () => placeholder;
  return new Proxy(make, {
    get: (_, member) => (member === "splat" ? make : () => missing(`${name}.${String(member)}`)),
  });
}
export const v128 = lanes("v128");
export const f64x2 = lanes("f64x2");
export const f32x4 = lanes("f32x4");
export const i64x2 = lanes("i64x2");
export const i32x4 = lanes("i32x4");
export const i16x8 = lanes("i16x8");
export const i8x16 = lanes("i8x16");
export const i64 = lanes("i64");
export const u64 = lanes("u64");
export const castI64 = () => missing("64-bit integer");
export const reinterpret = () => missing("reinterpret");
