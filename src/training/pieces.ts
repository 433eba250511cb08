/** Pieces of a drive, which are judged together once they make a window (change.ts). */
import type { ModelErrors } from "./fits/contract.js";

/** What was driven, before anything is learned from it. */
export interface Piece {
  readonly cost: number;
  /** what was expected of the window that it belongs to; undefined: nothing */
  readonly expected: number | undefined;
  /** the reflex fired in it */
  readonly fired: boolean;
}

/** Pieces of one rollout that are judged together. */
export interface Pieces extends Piece {
  /** of the rollout that they are of; 0: there are none */
  readonly rollout: number;
  /** its step that they begin with */
  readonly first: number;
  /** rows of the rollout's model errors that were seen, these included */
  readonly end: number;
  /** errors of the model as it was when each was driven, and what the fit before the first had left */
  readonly errors: Float64Array;
  readonly fitted: number;
}

export const NOTHING: Pieces = {
  cost: 0,
  expected: undefined,
  fired: false,
  rollout: 0,
  first: 0,
  end: 0,
  fitted: 0,
  errors: new Float64Array(0),
};

/** Pieces with one more; `missing`: steps of the rollout before the first of the errors' rows. */
export function added(
  pieces: Pieces,
  piece: Piece,
  rollout: number,
  { rows, steps }: ModelErrors,
  missing: number,
): Omit<Pieces, "fitted"> {
  const seen = pieces.rollout === rollout ? Math.min(pieces.end, rows.length) : 0;
  const isFirst = pieces.errors.length === 0;
  return {
    cost: pieces.cost + piece.cost,
    expected: piece.expected,
    fired: pieces.fired || piece.fired,
    rollout,
    first: isFirst ? missing + seen * steps : pieces.first,
    end: rows.length,
    errors: new Float64Array([...pieces.errors, ...rows.subarray(seen)]),
  };
}
