/**
 * The arena: every array that the core works on is a named region of doubles (assembly/regions.mjs), laid out once by
 * `configure` and then fixed, so that the host makes its views once.
 */
import { Dimension, Region, RowsPer, Status } from "./regions";

/**
 * What is known of a region, 32-bit numbers each; a region of a rollout lies `STRIDE` bytes behind the rollout before.
 */
const BASE: usize = 0;
const STRIDE: usize = 4;
const COLUMNS: usize = 8;
const ROWS: usize = 12;
const PER: usize = 16;
const ENTRY: usize = 20;
const dimensions: usize = heap.alloc(4 * Dimension.count);
const entries: usize = heap.alloc(ENTRY * Region.count);
memory.fill(dimensions, 0, 4 * Dimension.count);
memory.fill(entries, 0, ENTRY * Region.count);

const MEMORY_LIMIT: f64 = 1073741824.0;
export let configured: bool = false;
/** False once a planned region is larger than all memory that there may be. */
let fits: bool = true;

export function setDimension(which: i32, value: i32): void {
  store<i32>(dimensions + (usize(which) << 2), value);
}

export function dimension(which: i32): i32 {
  return load<i32>(dimensions + (usize(which) << 2));
}

/** The sizes of the hidden layers, side by side as 32-bit numbers. */
export function hiddenWidths(): usize {
  return dimensions + (Dimension.hiddenWidth0 << 2);
}

/** Address of a region, for one rollout where there is one of it each. */
export function at(region: i32, rollout: i32): usize {
  const entry = entries + usize(region) * ENTRY;
  return usize(load<i32>(entry + BASE)) + usize(rollout) * usize(load<i32>(entry + STRIDE));
}

/** Doubles in a row of a region. */
export function columnsOf(region: i32): i32 {
  return load<i32>(entries + usize(region) * ENTRY + COLUMNS);
}

/** Rows of a region (of one rollout). */
export function rowsOf(region: i32): i32 {
  return load<i32>(entries + usize(region) * ENTRY + ROWS);
}

/** What the rows of a region are for. */
export function rowsPer(region: i32): RowsPer {
  return load<i32>(entries + usize(region) * ENTRY + PER);
}

/** Doubles in a region (of one rollout). */
export function lengthOf(region: i32): i32 {
  return columnsOf(region) * rowsOf(region);
}

/** Forgets the plan of a configuration that was refused. */
export function beginPlan(): void {
  fits = true;
}

/** Sets what a region consists of. */
export function plan(region: i32, per: RowsPer, columns: i32, rows: i32): void {
  if (f64(columns) * f64(rows) * 8.0 > MEMORY_LIMIT) {
    fits = false;
    return;
  }
  const entry = entries + usize(region) * ENTRY;
  store<i32>(entry + COLUMNS, columns);
  store<i32>(entry + ROWS, rows);
  store<i32>(entry + PER, per);
}

/** Bytes of one region, rounded up so that each starts on a cache line. */
function paddedBytes(region: i32): i32 {
  return (lengthOf(region) * 8 + 63) & ~63;
}

/** How often a region exists. */
function copiesOf(region: i32): i32 {
  return rowsPer(region) == RowsPer.run ? 1 : dimension(Dimension.rollouts);
}

/** Reserves all planned regions in one block of zeros. */
export function reserveRegions(): Status {
  let total: f64 = 64.0;
  for (let region: i32 = 0; region < Region.count; region++) total += f64(paddedBytes(region)) * f64(copiesOf(region));
  if (!fits || total > MEMORY_LIMIT) return Status.outOfMemory;
  const block = heap.alloc(usize(total));
  memory.fill(block, 0, usize(total));
  let next = (block + 63) & ~63;
  for (let region: i32 = 0; region < Region.count; region++) {
    const entry = entries + usize(region) * ENTRY;
    const bytes = usize(paddedBytes(region));
    const copies = copiesOf(region);
    store<i32>(entry + BASE, i32(next));
    store<i32>(entry + STRIDE, copies > 1 ? i32(bytes) : 0);
    next += bytes * usize(copies);
  }
  configured = true;
  return Status.ok;
}

/** For a few doubles: memory.copy is a call out of WebAssembly. */
// @ts-ignore: decorator
@inline
export function copyRow(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(to + i, load<f64>(from + i));
}
