/** Which perturbation is driven when: antithetic pairs, all parameters at once, drift apart from sensitivity. */
import { uniformFrom } from "../statistics.js";

/** How many different pairs it takes to tell `parameters` parameters apart: a power of two, at least their number. */
export function pairsOf(parameters: number): number {
  let pairs = 1;
  while (pairs < parameters) pairs *= 2;
  return pairs;
}

/**
 * Signs of the perturbations of `laps` laps (an even number), a row of `parameters` each (equation (PD3)): rows of a
 * Hadamard matrix in random order, its columns with random signs, each row followed, or preceded, by its opposite. A
 * part of the rows is drawn where fewer laps are asked for than the matrix has.
 */
export function shakeDesign(parameters: number, laps: number, seed: number): Float64Array[] {
  const random = uniformFrom(seed);
  const size = pairsOf(parameters);
  const columns = shuffled(size, random);
  const signs = Array.from({ length: parameters }, () => (random() < 0.5 ? -1 : 1));
  const rows: Float64Array[] = [];
  let order: number[] = [];
  while (rows.length < laps) {
    if (order.length === 0) order = shuffled(size, random);
    const row = order.pop() as number;
    const first = random() < 0.5 ? -1 : 1;
    for (const sign of [first, -first])
      rows.push(Float64Array.from({ length: parameters }, (_, i) => sign * signs[i] * hadamard(row, columns[i])));
  }
  return rows.slice(0, laps);
}

/** Sylvester's Hadamard matrix: 1 or -1 by the parity of the common bits of row and column. */
function hadamard(row: number, column: number): number {
  let sign = 1;
  for (let common = row & column; common !== 0; common &= common - 1) sign = -sign;
  return sign;
}

function shuffled(count: number, random: () => number): number[] {
  const places = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1));
    [places[i], places[k]] = [places[k], places[i]];
  }
  return places;
}
