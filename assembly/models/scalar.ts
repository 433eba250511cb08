import { Model } from "./model";

/** Parameters of {@link Scalar}. */
export enum ScalarParameter {
  a,
  b,
  count,
}

const enum ScalarTape {
  a,
  b,
  count,
}

/**
 * The paper's running example, x+ = a x + b u [W23 eq. 9]; a control step is one step of the map, whatever its length.
 */
export class Scalar extends Model {
  constructor() {
    // state, input
    super(1, 1, ScalarParameter.count, ScalarTape.count);
  }

  step(parameters: usize, x: usize, u: usize, _dt: f64, next: usize): void {
    store<f64>(
      next,
      load<f64>(parameters, 8 * ScalarParameter.a) * load<f64>(x) +
        load<f64>(parameters, 8 * ScalarParameter.b) * load<f64>(u),
    );
  }

  linearise(parameters: usize, _x: usize, _u: usize, _dt: f64, tape: usize): void {
    store<f64>(tape, load<f64>(parameters, 8 * ScalarParameter.a), 8 * ScalarTape.a);
    store<f64>(tape, load<f64>(parameters, 8 * ScalarParameter.b), 8 * ScalarTape.b);
  }

  /** dx+ = a dx + b du */
  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    store<f64>(
      dNext,
      load<f64>(tape, 8 * ScalarTape.a) * load<f64>(dx) + load<f64>(tape, 8 * ScalarTape.b) * load<f64>(du),
    );
  }

  /** px = a p,   pu = b p */
  transpose(tape: usize, p: usize, px: usize, pu: usize): void {
    store<f64>(px, load<f64>(tape, 8 * ScalarTape.a) * load<f64>(p));
    store<f64>(pu, load<f64>(tape, 8 * ScalarTape.b) * load<f64>(p));
  }
}

/** @part scalar ScalarParameter */
export const scalar = new Scalar();
