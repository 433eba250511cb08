/** Sizes of the network: features - hidden ... - outputs. At most six layers' widths are kept. */
const widths: usize = heap.alloc(4 * 6);
/** log2 of the bytes of a width. */
// @ts-ignore: decorator
@inline
const WORD_SHIFT: usize = 2;
/** Keeps every size a 32-bit number. */
const WIDEST: i32 = 4096;
let layers: i32 = 0;
let parameters: i32 = 0;
let activations: i32 = 0;

/** Takes the widths; false if one is below 1 or above 4096. `hiddenWidths`: address of i32 values. */
export function setLayers(features: i32, hidden: i32, hiddenWidths: usize, outputs: i32): bool {
  store<i32>(widths, features);
  for (let i: i32 = 0; i < hidden; i++) {
    store<i32>(widths + (usize(i + 1) << WORD_SHIFT), load<i32>(hiddenWidths + (usize(i) << WORD_SHIFT)));
  }
  store<i32>(widths + (usize(hidden + 1) << WORD_SHIFT), outputs);
  layers = hidden + 1;
  parameters = 0;
  activations = features;
  for (let layer: i32 = 0; layer < layers; layer++) {
    const outs = width(layer + 1);
    if (outs < 1 || outs > WIDEST) return false;
    parameters += (width(layer) + 1) * outs;
    activations += outs;
  }
  return features > 0;
}

/** Number of weight matrices. */
export function layerCount(): i32 {
  return layers;
}

/** Width before layer `index`; index layerCount() is the output. */
export function width(index: i32): i32 {
  return load<i32>(widths + (usize(index) << WORD_SHIFT));
}

/** Number of parameters, p. */
export function parameterSize(): i32 {
  return parameters;
}

/** Doubles of one activation row: features, hidden layers, outputs. */
export function activationSize(): i32 {
  return activations;
}

/** Doubles of one row of adjoints: hidden layers, outputs. */
export function deltaSize(): i32 {
  return activations - width(0);
}
