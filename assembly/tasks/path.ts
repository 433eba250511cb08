import { cosine, sincos, sine } from "../math/trig";
import { PlanarState } from "../models/planar";
import { OnPathTask } from "./on-path";
import { findPlace, nodeCount, place, placeByX, placeByY, wrapPlace } from "./path-curve";

/** Parameters of {@link PathTask}; the first are those of every task on a track. */
export enum PathParameter {
  /** time of a whole lap [s] */
  lapTime,
  /** how far from the expected place the nearest one is looked for, to both sides [s] */
  window,
  /** least forward speed of a setpoint made from a measured state [m/s] */
  leastSpeed,
  /** middle of the track [m], and factors of position from there [1/m] and of velocity [s/m] in the network input */
  middleX,
  middleY,
  positionScale,
  velocityScale,
  count,
}

/** Network input; behind these the cosine and sine of 2 pi k tau / T for k = 1, 2, ... */
const enum PathFeature {
  /** position and velocity, scaled */
  x,
  y,
  vx,
  vy,
  count,
}

/** Behind these the cosine and sine of every harmonic. */
const enum PathTape {
  positionScale,
  /** of phi, times the velocity's scale */
  cosine,
  sine,
  /** v cos phi, v sin phi, times the velocity's scale */
  vCosine,
  vSine,
  /** derivatives of 2 pi tau / T by x and y [1/m] */
  phaseByX,
  phaseByY,
  count,
}

const TWO_PI: f64 = 6.283185307179586;
/** log2 of the bytes of a harmonic, which is a cosine and a sine. */
// @ts-ignore: decorator
@inline
const HARMONIC_SHIFT: usize = 4;
const SINE: usize = 8;

/**
 * A track that is learned by its places. Features: position and velocity, scaled to the track, and cos and sin of
 * 2 pi k tau / T for the first harmonics k, where tau is the task time of the place that is nearest to the state.
 * docs/equations.md, section 34
 */
export class PathTask extends OnPathTask {
  constructor(readonly harmonics: i32) {
    super(PathFeature.count + 2 * harmonics, PathParameter.count, PathTape.count + 2 * harmonics);
  }

  observe(parameters: usize, x: usize, t: f64, features: usize, tape: usize): void {
    const X = load<f64>(x, 8 * PlanarState.x);
    const Y = load<f64>(x, 8 * PlanarState.y);
    const v = load<f64>(x, 8 * PlanarState.v);
    const scale = load<f64>(parameters, 8 * PathParameter.positionScale);
    const velocityScale = load<f64>(parameters, 8 * PathParameter.velocityScale);
    sincos(load<f64>(x, 8 * PlanarState.phi));
    const c = velocityScale * cosine;
    const s = velocityScale * sine;
    store<f64>(features, scale * (X - load<f64>(parameters, 8 * PathParameter.middleX)), 8 * PathFeature.x);
    store<f64>(features, scale * (Y - load<f64>(parameters, 8 * PathParameter.middleY)), 8 * PathFeature.y);
    store<f64>(features, v * c, 8 * PathFeature.vx);
    store<f64>(features, v * s, 8 * PathFeature.vy);
    store<f64>(tape, scale, 8 * PathTape.positionScale);
    store<f64>(tape, c, 8 * PathTape.cosine);
    store<f64>(tape, s, 8 * PathTape.sine);
    store<f64>(tape, v * c, 8 * PathTape.vCosine);
    store<f64>(tape, v * s, 8 * PathTape.vSine);
    const count = f64(nodeCount());
    const nodesPerSecond = count / load<f64>(parameters, 8 * PathParameter.lapTime);
    const window = nodesPerSecond * load<f64>(parameters, 8 * PathParameter.window);
    findPlace(X, Y, wrapPlace(t * nodesPerSecond, count), window);
    const perNode = TWO_PI / count;
    store<f64>(tape, perNode * placeByX, 8 * PathTape.phaseByX);
    store<f64>(tape, perNode * placeByY, 8 * PathTape.phaseByY);
    sincos(perNode * place);
    this.turnHarmonics(cosine, sine, features + 8 * PathFeature.count);
    memory.copy(
      tape + 8 * PathTape.count,
      features + 8 * PathFeature.count,
      usize(this.harmonics) << HARMONIC_SHIFT,
    );
  }

  /** Cosine and sine of k a for k = 1, 2, ... from those of a. */
  private turnHarmonics(c: f64, s: f64, harmonics: usize): void {
    let ck = c;
    let sk = s;
    for (let k: i32 = 0; k < this.harmonics; k++) {
      const harmonic = harmonics + (usize(k) << HARMONIC_SHIFT);
      store<f64>(harmonic, ck);
      store<f64>(harmonic, sk, SINE);
      const next = ck * c - sk * s;
      sk = sk * c + ck * s;
      ck = next;
    }
  }

  /**
   * dfeatures_x  = scale dx                                dfeatures_vx = cos phi dv - v sin phi dphi
   * dfeatures_y  = scale dy                                dfeatures_vy = sin phi dv + v cos phi dphi
   * dphase = phaseByX dx + phaseByY dy,   d(cosine_k) = -k sine_k dphase,   d(sine_k) = k cosine_k dphase
   */
  tangent(tape: usize, dx: usize, dFeatures: usize): void {
    const dX = load<f64>(dx, 8 * PlanarState.x);
    const dY = load<f64>(dx, 8 * PlanarState.y);
    const dv = load<f64>(dx, 8 * PlanarState.v);
    const dphi = load<f64>(dx, 8 * PlanarState.phi);
    const scale = load<f64>(tape, 8 * PathTape.positionScale);
    store<f64>(dFeatures, scale * dX, 8 * PathFeature.x);
    store<f64>(dFeatures, scale * dY, 8 * PathFeature.y);
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * PathTape.cosine) * dv - load<f64>(tape, 8 * PathTape.vSine) * dphi,
      8 * PathFeature.vx,
    );
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * PathTape.sine) * dv + load<f64>(tape, 8 * PathTape.vCosine) * dphi,
      8 * PathFeature.vy,
    );
    const dPhase = load<f64>(tape, 8 * PathTape.phaseByX) * dX + load<f64>(tape, 8 * PathTape.phaseByY) * dY;
    for (let k: i32 = 0; k < this.harmonics; k++) {
      const offset = usize(k) << HARMONIC_SHIFT;
      const turned = tape + 8 * PathTape.count + offset;
      const dHarmonic = dFeatures + 8 * PathFeature.count + offset;
      const dAngle = f64(k + 1) * dPhase;
      store<f64>(dHarmonic, -load<f64>(turned, SINE) * dAngle);
      store<f64>(dHarmonic, load<f64>(turned) * dAngle, SINE);
    }
  }

  /**
   * With q = sum_k k (cosine_k p_sine_k - sine_k p_cosine_k):
   * px += scale p_x + phaseByX q               pv   += cos phi p_vx + sin phi p_vy
   * py += scale p_y + phaseByY q               pphi += v cos phi p_vy - v sin phi p_vx
   */
  transpose(tape: usize, pFeatures: usize, px: usize): void {
    const pVx = load<f64>(pFeatures, 8 * PathFeature.vx);
    const pVy = load<f64>(pFeatures, 8 * PathFeature.vy);
    const scale = load<f64>(tape, 8 * PathTape.positionScale);
    let q: f64 = 0.0;
    for (let k: i32 = 0; k < this.harmonics; k++) {
      const offset = usize(k) << HARMONIC_SHIFT;
      const turned = tape + 8 * PathTape.count + offset;
      const p = pFeatures + 8 * PathFeature.count + offset;
      q += f64(k + 1) * (load<f64>(turned) * load<f64>(p, SINE) - load<f64>(turned, SINE) * load<f64>(p));
    }
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.x) +
        scale * load<f64>(pFeatures, 8 * PathFeature.x) +
        load<f64>(tape, 8 * PathTape.phaseByX) * q,
      8 * PlanarState.x,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.y) +
        scale * load<f64>(pFeatures, 8 * PathFeature.y) +
        load<f64>(tape, 8 * PathTape.phaseByY) * q,
      8 * PlanarState.y,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.v) +
        load<f64>(tape, 8 * PathTape.cosine) * pVx +
        load<f64>(tape, 8 * PathTape.sine) * pVy,
      8 * PlanarState.v,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.phi) +
        load<f64>(tape, 8 * PathTape.vCosine) * pVy -
        load<f64>(tape, 8 * PathTape.vSine) * pVx,
      8 * PlanarState.phi,
    );
  }
}

/** @part path1 PathParameter */
export const path1 = new PathTask(1);
/** @part path2 PathParameter */
export const path2 = new PathTask(2);
/** @part path4 PathParameter */
export const path4 = new PathTask(4);
