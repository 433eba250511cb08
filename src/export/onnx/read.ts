/** Reading our own ONNX files back: metadata and weights, whatever else the graph holds. */
import { BinaryReader, WireType } from "#wire";
import { UserError } from "../../errors.js";
import type { LayerDescription } from "../description.js";
import { ELEMENT } from "./model.js";

interface ReadTensor {
  name: string;
  dims: number[];
  element: number;
  data: Uint8Array;
}

type Fields = Readonly<Record<number, (reader: BinaryReader, wire: WireType) => void>>;

/** Goes through a message; fields that are not named are skipped. */
function readMessage(bytes: Uint8Array, fields: Fields): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    const read = fields[field];
    if (read) read(reader, wire);
    else reader.skip(wire, field);
  }
}

/** Metadata by key, and tensors by name. @throws UserError if the bytes are no ONNX file */
export function readOnnx(path: string, bytes: Uint8Array): { metadata: Map<string, string>; tensors: ReadTensor[] } {
  const metadata = new Map<string, string>();
  const tensors: ReadTensor[] = [];
  try {
    readMessage(bytes, {
      7: (graph) => readMessage(graph.bytes(), { 5: (tensor) => tensors.push(readTensor(tensor.bytes())) }),
      14: (entry) => {
        let [key, value] = ["", ""];
        readMessage(entry.bytes(), {
          1: (reader) => {
            key = reader.string();
          },
          2: (reader) => {
            value = reader.string();
          },
        });
        metadata.set(key, value);
      },
    });
  } catch {
    throw new UserError(
      `${path} (${bytes.length} bytes) is neither JSON nor a whole ONNX file: export or copy it again`,
    );
  }
  return { metadata, tensors };
}

function readTensor(bytes: Uint8Array): ReadTensor {
  const tensor: ReadTensor = { name: "", dims: [], element: 0, data: new Uint8Array() };
  readMessage(bytes, {
    1: (reader, wire) => {
      const end = wire === WireType.LengthDelimited ? reader.uint32() + reader.pos : reader.pos + 1;
      do tensor.dims.push(Number(reader.int64()));
      while (reader.pos < end);
    },
    2: (reader) => {
      tensor.element = reader.int32();
    },
    8: (reader) => {
      tensor.name = reader.string();
    },
    9: (reader) => {
      tensor.data = reader.bytes();
    },
  });
  return tensor;
}

/** The network's layers, W0 and b0 and so on; weights are float32 or float64. */
export function layersOf(path: string, tensors: readonly ReadTensor[]): LayerDescription[] {
  const named = (name: string) => tensors.find((tensor) => tensor.name === name);
  const layers: LayerDescription[] = [];
  for (let layer = 0; named(`W${layer}`); layer++) {
    const [W, b] = [named(`W${layer}`), named(`b${layer}`)];
    const [inputs = 0, out = 0] = W?.dims ?? [];
    const [weights, bias] = [numbersOf(W), numbersOf(b)];
    if (weights.length !== inputs * out || bias.length !== out)
      throw new UserError(`${path}: the weights of layer ${layer + 1} are not whole: export it again`);
    const rows = Array.from(weights, (_, k) => weights[(k % inputs) * out + Math.floor(k / inputs)]);
    layers.push({ in: inputs, out, activation: "tanh", W: rows, b: bias });
  }
  return layers;
}

function numbersOf(tensor: ReadTensor | undefined): number[] {
  if (!tensor) return [];
  const view = new DataView(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  const single = tensor.element === ELEMENT.float32;
  const size = single ? 4 : 8;
  return Array.from({ length: Math.floor(view.byteLength / size) }, (_, i) =>
    single ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}
