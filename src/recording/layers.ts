import { at, listAt, matrixAt, numberAt, numbersAt, objectAt, type Place, readJson, reject } from "./json.js";

/** One dense layer of a tanh network. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** outputs × inputs, row-major */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Nested rows carry their own width; a flat list needs `in`, and `out` where it is given must agree with the bias. */
function layerAt(place: Place, value: unknown): Layer {
  const values = objectAt(place, value);
  const bias = numbersAt(at(place, "b"), values.b);
  const outputs = bias.length;
  if (values.out !== undefined && values.out !== outputs)
    reject(at(place, "out"), values.out, `${outputs}, the length of b`);
  if (values.activation !== undefined && values.activation !== "tanh")
    reject(at(place, "activation"), values.activation, '"tanh"');

  const key = at(place, "W");
  const rows = listAt(key, values.W);
  const isNested = Array.isArray(rows[0]);
  const inputs = values.in ?? (isNested ? listAt(at(key, 0), rows[0]).length : undefined);
  if (!(typeof inputs === "number" && Number.isInteger(inputs) && inputs > 0))
    return reject(at(place, "in"), inputs, "a whole number from 1, or W as nested rows");
  const weights = isNested ? matrixAt(key, rows, inputs, outputs) : numbersAt(key, rows, outputs * inputs);
  return { inputs, outputs, weights, bias };
}

/**
 * The layers in a parsed file: those of the authors' networks (W as rows, `b`) or of this project's gradient cases (W
 * flat, `in`, `out`).
 * @throws RecordingError naming the file and the key if something is missing, does not fit together, or is not a finite
 * number
 */
export function layersIn(path: string, value: unknown): Layer[] {
  const whole: Place = { path, key: "" };
  const place = at(whole, "layers");
  const list = listAt(place, objectAt(whole, value).layers);
  const layers = list.map((item, i) => layerAt(at(place, i), item));
  if (layers.length === 0) reject(place, list, "a list of at least one layer");
  for (const [i, layer] of layers.entries()) {
    const before = i === 0 ? layer.inputs : layers[i - 1].outputs;
    if (layer.inputs !== before)
      reject(at(at(place, i), "W"), layer.inputs, `${before} columns, as many as the layer before has outputs`);
  }
  return layers;
}

/**
 * Reads the layers of a network or case file, JSON or gzip; errors as {@link layersIn}, and those of {@link readJson}.
 */
export async function readLayers(path: string): Promise<Layer[]> {
  return layersIn(path, await readJson(path));
}

/**
 * Reads the authors' study of model mismatch: the training cost by model scale, seed and iteration.
 * @throws RecordingError naming the file and the key if something is missing or not a finite number
 */
export async function readMismatchLosses(path: string): Promise<number[][][]> {
  const whole: Place = { path, key: "" };
  const file = objectAt(whole, await readJson(path));
  const scales = listAt(at(whole, "modelScales"), file.modelScales);
  for (const [i, scale] of scales.entries()) numberAt(at(at(whole, "modelScales"), i), scale);
  const place = at(whole, "losses");
  return listAt(place, file.losses, scales.length).map((seeds, i) =>
    listAt(at(place, i), seeds).map((losses, j) => [...numbersAt(at(at(place, i), j), losses)]),
  );
}
