/**
 * From setpoints, one per segment, to the reference that the controller tracks at every control step. Linear in the two
 * setpoints (the previous one and the segment's own), so the tangent is the map itself, applied to tangents.
 */
export abstract class Reference {
  constructor(
    readonly setpointSize: i32,
    readonly referenceSize: i32,
    readonly coefficientSize: i32,
    readonly parameterCount: i32,
  ) {}

  /** Once per configuration, after the parameters are set: precomputes what does not change. */
  abstract prepare(parameters: usize): void;
  /** coefficients = L (previous, next). */
  abstract begin(previous: usize, next: usize, coefficients: usize): void;
  /** reference = E(s) coefficients, s: local time in the segment [s]. */
  abstract evaluate(coefficients: usize, s: f64, reference: usize): void;
  /** pCoefficients += E(s)^T pReference. */
  abstract evaluateTranspose(pReference: usize, s: f64, pCoefficients: usize): void;
  /** (pPrevious, pNext) = L^T pCoefficients (both set). */
  abstract beginTranspose(pCoefficients: usize, pPrevious: usize, pNext: usize): void;
}
