import { at, dimension } from "../arena";
import { Model } from "../models/model";
import { Dimension, Region } from "../regions";
import { Plant } from "./plant";

/** The host's: next = F(x, u) after `dt` seconds, with parameters and memory at these addresses (src/plants). */
// @ts-ignore: decorator
@external("host", "stepPlant")
declare function stepPlant(parameters: usize, memory: usize, x: usize, u: usize, dt: f64, next: usize): void;

/**
 * A plant that is integrated outside the core. Everything that it remembers lies in the region `externalMemory`, so
 * that a step depends on nothing else, and a drive goes on bit for bit from a checkpoint; all 0, it was just put to
 * rest in state `x`. From then on the state is what it remembers, and `x` is not looked at.
 */
export class External extends Plant {
  parameterCount(_model: Model): i32 {
    return dimension(Dimension.externalParameters);
  }

  longestStep(): f64 {
    return 0.002;
  }

  innerSize(): i32 {
    return 0;
  }

  step(_model: Model, parameters: usize, _inner: usize, x: usize, u: usize, dt: f64, next: usize): void {
    stepPlant(parameters, at(Region.externalMemory, 0), x, u, dt, next);
  }
}

/** @part external */
export const external = new External();
