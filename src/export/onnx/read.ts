/** Reading our own ONNX files back, whatever other programs made of them: metadata, and weights by their names. */
import { BinaryReader, type WireType } from "#wire";
import { UserError } from "../../errors.js";
import type { LayerDescription } from "../description.js";
import { numbersOf, type ReadTensor, repeated } from "./tensor.js";

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

/** StringStringEntryProto. */
function readEntry(bytes: Uint8Array, into: Map<string, string>): void {
  let [key, value] = ["", ""];
  readMessage(bytes, {
    1: (reader) => {
      key = reader.string();
    },
    2: (reader) => {
      value = reader.string();
    },
  });
  into.set(key, value);
}

/** Metadata by key, and tensors by name. @throws UserError if the bytes are no ONNX file */
export function readOnnx(path: string, bytes: Uint8Array): { metadata: Map<string, string>; tensors: ReadTensor[] } {
  const metadata = new Map<string, string>();
  const tensors: ReadTensor[] = [];
  let graphs = 0;
  try {
    readMessage(bytes, {
      7: (graph) => {
        graphs++;
        readMessage(graph.bytes(), { 5: (tensor) => tensors.push(readTensor(tensor.bytes())) });
      },
      14: (entry) => readEntry(entry.bytes(), metadata),
    });
  } catch {
    graphs = 0;
  }
  if (graphs === 0) {
    throw new UserError(
      `${path} (${bytes.length} bytes) is neither JSON nor a whole ONNX file: export or copy it again`,
    );
  }
  return { metadata, tensors };
}

/** TensorProto. */
function readTensor(bytes: Uint8Array): ReadTensor {
  const tensor: ReadTensor = {
    name: "",
    dims: [],
    element: 0,
    raw: undefined,
    listed: [],
    external: new Map(),
    isExternal: false,
  };
  const list = (reader: BinaryReader, wire: WireType, read: () => number) =>
    repeated(reader, wire, read, (value) => tensor.listed.push(value));
  readMessage(bytes, {
    1: (reader, wire) =>
      repeated(
        reader,
        wire,
        () => Number(reader.int64()),
        (size) => tensor.dims.push(size),
      ),
    2: (reader) => {
      tensor.element = reader.int32();
    },
    4: (reader, wire) => list(reader, wire, () => reader.float()),
    5: (reader, wire) => list(reader, wire, () => reader.int32()),
    8: (reader) => {
      tensor.name = reader.string();
    },
    9: (reader) => {
      tensor.raw = reader.bytes();
    },
    10: (reader, wire) => list(reader, wire, () => reader.double()),
    13: (reader) => readEntry(reader.bytes(), tensor.external),
    14: (reader) => {
      tensor.isExternal = reader.int32() === 1;
    },
  });
  return tensor;
}

/**
 * The network's layers, W0 and b0 and so on.
 * @throws UserError if there is none, or one cannot be read
 */
export async function layersOf(path: string, tensors: readonly ReadTensor[]): Promise<LayerDescription[]> {
  const named = (name: string): ReadTensor => {
    const found = tensors.find((tensor) => tensor.name === name);
    if (found) return found;
    const others = tensors.slice(0, 5).map((tensor) => JSON.stringify(tensor.name));
    throw new UserError(
      `${path} has no initializer ${name}, as lapgrad writes weights (it has ${others.join(", ") || "none"}): ` +
        "another program renamed or moved them; import the file as it was exported",
    );
  };
  const layers: LayerDescription[] = [];
  do {
    const [W, b] = [named(`W${layers.length}`), named(`b${layers.length}`)];
    const [inputs, out] = W.dims;
    if (W.dims.length !== 2 || b.dims.length !== 1 || b.dims[0] !== out)
      throw new UserError(
        `${path}: ${W.name} is ${W.dims.join(" x ")} and ${b.name} is ${b.dims.join(" x ")}; ` +
          "allowed are inputs x outputs and outputs: export it again",
      );
    const weights = await numbersOf(path, W);
    const rows = Array.from(weights, (_, k) => weights[(k % inputs) * out + Math.floor(k / inputs)]);
    layers.push({ in: inputs, out, activation: "tanh", W: rows, b: await numbersOf(path, b) });
  } while (tensors.some(({ name }) => name === `W${layers.length}`));
  return layers;
}
