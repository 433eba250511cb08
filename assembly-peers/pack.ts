/**
 * Matrices in the order in which a product reads them: panels of 4 or 8 of their columns, one row of the panel after
 * the other. Reading is then one run through memory, whatever the matrix's own order; columns that are missing in the
 * last panel are zeros.
 */
import { floats, QUAD } from "./floats";

/**
 * Columns [from, from + width) of a matrix of `rows` rows, `stride` floats from one row to the next, into a panel of
 * `width` columns (4 or 8), of which `present` exist: panel[row][column].
 */
export function packColumns(matrix: usize, stride: i32, rows: i32, width: i32, present: i32, panel: usize): void {
  const step = floats(stride);
  let row = matrix;
  let to = panel;
  if (present == width) {
    if (width == 8) {
      for (let i: i32 = 0; i < rows; i++) {
        v128.store(to, v128.load(row));
        v128.store(to, v128.load(row, 16), 16);
        row += step;
        to += 2 * QUAD;
      }
    } else {
      for (let i: i32 = 0; i < rows; i++) {
        v128.store(to, v128.load(row));
        row += step;
        to += QUAD;
      }
    }
    return;
  }
  for (let i: i32 = 0; i < rows; i++) {
    for (let j: i32 = 0; j < width; j++)
      store<f32>(to + floats(j), j < present ? load<f32>(row + floats(j)) : <f32>0);
    row += step;
    to += floats(width);
  }
}

/**
 * The same of a matrix that is stored transposed: its column j is a run of `rows` floats, `stride` floats behind that
 * of column j - 1.
 */
export function packRows(matrix: usize, stride: i32, rows: i32, width: i32, present: i32, panel: usize): void {
  const step = floats(stride);
  const row = floats(width);
  for (let j: i32 = 0; j < width; j += 4) {
    const first = matrix + usize(j) * step;
    const to = panel + floats(j);
    let i: i32 = 0;
    if (j + 4 <= present) for (; i + 4 <= rows; i += 4) transpose4(first + floats(i), step, to + usize(i) * row, row);
    for (; i < rows; i++)
      for (let k: i32 = 0; k < 4; k++)
        store<f32>(
          to + usize(i) * row + floats(k),
          j + k < present ? load<f32>(first + usize(k) * step + floats(i)) : <f32>0,
        );
  }
}

/** A block of 4 by 4, transposed; `from` and `to` are its first float, the strides are bytes. */
// @ts-ignore: decorator
@inline
function transpose4(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + fromStride);
  const c = v128.load(from + 2 * fromStride);
  const d = v128.load(from + 3 * fromStride);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  v128.store(to + 2 * toStride, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(to + 3 * toStride, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}
