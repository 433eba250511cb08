/**
 * Low-level tracking controller u = pi(x, reference, gains) inside the policy [W23 sec. 6]. `gains` is the segment's
 * row of gains (nominal + network). {@link act} fills the tape that the two derivatives read.
 */
export abstract class Controller {
  constructor(
    readonly stateSize: i32,
    readonly inputSize: i32,
    readonly referenceSize: i32,
    readonly gainSize: i32,
    readonly parameterCount: i32,
    readonly tapeSize: i32,
  ) {}

  /** Largest absolute value that it commands of input i. */
  limit(_parameters: usize, _i: i32): f64 {
    return Infinity;
  }

  abstract act(parameters: usize, x: usize, reference: usize, gains: usize, u: usize, tape: usize): void;
  /** du = K dx + du/dreference dReference + du/dgains dGains. */
  abstract tangent(tape: usize, gains: usize, dx: usize, dReference: usize, dGains: usize, du: usize): void;
  /** px += K^T pu, pReference = (du/dreference)^T pu (set), pGains += (du/dgains)^T pu. */
  abstract transpose(tape: usize, gains: usize, pu: usize, px: usize, pReference: usize, pGains: usize): void;
}
