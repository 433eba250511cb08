/**
 * Products of matrices in float32: C = A B + bias, and an activation. One kernel serves a layer and both of its
 * transposes:
 *
 *   outputs           Y  = act(X W + b)     rows x out
 *   input gradient    dX = dY W^T           rows x in
 *   weight gradient   dW = X^T dY           in x out
 *
 * Blocks of 4 by 8 of the result stay in registers while both factors run by, packed (pack.ts). V8 loads everything
 * that a turn of the loop needs before it computes, so 8 sums, 2 vectors of B and 4 numbers of A are what fits into the
 * 15 vector registers that it has.
 */
import { floats, QUAD } from "./floats";
import { tanhInPlace } from "./functions";
import { packColumns, packRows } from "./pack";

/** What a layer does with its sums; others are kernels of their own. */
enum Activation {
  none,
  relu,
  tanh,
}

/** A block of the result. */
const ROWS: i32 = 4;
const COLUMNS: i32 = 8;
/** Rows of A that are packed at once: they and a panel of B stay in the processor's caches. */
const CHUNK: i32 = 256;

/** Floats of scratch memory that {@link product} needs for sums of `depth` products. */
export function productScratch(depth: i32): i32 {
  return (CHUNK + COLUMNS) * depth + (ROWS + 1) * COLUMNS;
}

/**
 * c [m][n] = act(A B + bias). a: A [m][depth], or with `aTransposed` [depth][m]; b: B [depth][n], or with
 * `bTransposed` [n][depth]; bias: n floats, or 0 for none; scratch: {@link productScratch} floats.
 */
export function product(
  c: usize,
  a: usize,
  aTransposed: bool,
  b: usize,
  bTransposed: bool,
  bias: usize,
  m: i32,
  n: i32,
  depth: i32,
  activation: Activation,
  scratch: usize,
): void {
  const panelB = scratch + floats(CHUNK * depth);
  const tile = panelB + floats(COLUMNS * depth);
  const tileBias = tile + floats(ROWS * COLUMNS);
  const least: f32 = activation == Activation.relu ? 0.0 : -f32.MAX_VALUE;
  for (let first: i32 = 0; first < m; first += CHUNK) {
    const rows = min(CHUNK, m - first);
    packA(a, aTransposed, first, rows, m, depth, scratch);
    for (let j: i32 = 0; j < n; j += COLUMNS) {
      const columns = min(COLUMNS, n - j);
      if (bTransposed) packRows(b + floats(j * depth), depth, depth, COLUMNS, columns, panelB);
      else packColumns(b + floats(j), n, depth, COLUMNS, columns, panelB);
      memory.fill(tileBias, 0, floats(COLUMNS));
      if (bias) memory.copy(tileBias, bias + floats(j), floats(columns));
      for (let i: i32 = 0; i < rows; i += ROWS) {
        const panelA = scratch + floats(i * depth);
        const to = c + floats((first + i) * n + j);
        if (columns == COLUMNS && i + ROWS <= rows) block(panelA, panelB, depth, tileBias, to, floats(n), least);
        else {
          block(panelA, panelB, depth, tileBias, tile, floats(COLUMNS), least);
          for (let k: i32 = 0; k < min(ROWS, rows - i); k++)
            memory.copy(to + floats(k * n), tile + floats(k * COLUMNS), floats(columns));
        }
      }
    }
  }
  if (activation == Activation.tanh) tanhInPlace(c, m * n);
}

/** Rows [first, first + rows) of A, in panels of {@link ROWS}. */
function packA(a: usize, transposed: bool, first: i32, rows: i32, m: i32, depth: i32, panels: usize): void {
  for (let i: i32 = 0; i < rows; i += ROWS) {
    const panel = panels + floats(i * depth);
    const present = min(ROWS, rows - i);
    if (transposed) packColumns(a + floats(first + i), m, depth, ROWS, present, panel);
    else packRows(a + floats((first + i) * depth), depth, depth, ROWS, present, panel);
  }
}

/** A block of the result, from a panel of each factor; `stride`: bytes from one of its rows to the next. */
function block(a: usize, b: usize, depth: i32, bias: usize, c: usize, stride: usize, least: f32): void {
  let c00 = v128.load(bias);
  let c01 = v128.load(bias, 16);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  for (const end = a + usize(depth) * QUAD; a < end; a += QUAD) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    const a1 = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    const a2 = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    const a3 = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    b += 2 * QUAD;
  }
  const floor = f32x4.splat(least);
  v128.store(c, f32x4.max(c00, floor));
  v128.store(c, f32x4.max(c01, floor), 16);
  c += stride;
  v128.store(c, f32x4.max(c10, floor));
  v128.store(c, f32x4.max(c11, floor), 16);
  c += stride;
  v128.store(c, f32x4.max(c20, floor));
  v128.store(c, f32x4.max(c21, floor), 16);
  c += stride;
  v128.store(c, f32x4.max(c30, floor));
  v128.store(c, f32x4.max(c31, floor), 16);
}
