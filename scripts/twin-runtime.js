/**
 * The JavaScript twin's stand-in for WebAssembly memory and those of AssemblyScript's built-ins that the core uses.
 * scripts/twin.mjs copies this file beside the rewritten sources and imports from it whatever they name: another
 * built-in is added here when a source needs it.
 *
 * Integers are JavaScript numbers: a cast wraps (<i32>x is x | 0), an addition or multiplication does not. Sources that
 * rely on wrapping say so: (a + b) | 0, i32.mul(a, b), a >>> 0. A division of integers needs a cast around it:
 * <i32>(a / b).
 */

const PAGE = 65536;

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
  fill(start, value, bytes) {
    U8.fill(value, start, start + bytes);
  },
  copy(to, from, bytes) {
    U8.copyWithin(to, from, from + bytes);
  },
};

/** First free byte; static data (memory.data) is placed before it while the modules load, heap.alloc moves it after. */
export let __heap_base = 1024;

function take(bytes, align) {
  const start = Math.ceil(__heap_base / align) * align;
  __heap_base = start + bytes;
  if (__heap_base > U8.length) {
    const before = U8;
    view(new ArrayBuffer(Math.ceil(__heap_base / PAGE) * PAGE));
    U8.set(before);
  }
  return start;
}
export const heap = { alloc: (bytes) => take(bytes, 16) };
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

export const i32 = { mul: Math.imul, MIN_VALUE: -2147483648, MAX_VALUE: 2147483647 };

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
export const i64x2 = lanes("i64x2");
/** What the core imports of its host. */
export function stepPlant() {
  throw new Error("the JavaScript twin drives no plant outside the core: use the core itself");
}
export const castI64 = () => missing("64-bit integer");
