/** Tensors of ONNX files as other programs may have written them, in any of TensorProto's ways to hold numbers. */
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { type BinaryReader, WireType } from "#wire";
import { UserError } from "../../errors.js";
import { problemOf } from "../../files.js";

export interface ReadTensor {
  name: string;
  dims: number[];
  /** TensorProto.DataType */
  element: number;
  /** raw_data, little-endian */
  raw: Uint8Array | undefined;
  /** float_data, double_data, or int32_data, which holds the bits of the short types */
  listed: number[];
  /** external_data: location, offset, length */
  external: Map<string, string>;
  isExternal: boolean;
}

/** Name and size of the elements that numbers can be read from, by TensorProto.DataType. */
interface ElementType {
  readonly name: string;
  readonly size: 2 | 4 | 8;
  /** from little-endian bytes */
  read(view: DataView, at: number): number;
  /** from float_data and the like */
  fromList(value: number): number;
}

const same = (value: number) => value;
const READABLE: Readonly<Partial<Record<number, ElementType>>> = {
  1: { name: "float", size: 4, read: (view, at) => view.getFloat32(at, true), fromList: same },
  10: { name: "float16", size: 2, read: (view, at) => half(view.getUint16(at, true)), fromList: half },
  11: { name: "double", size: 8, read: (view, at) => view.getFloat64(at, true), fromList: same },
  16: { name: "bfloat16", size: 2, read: (view, at) => brainHalf(view.getUint16(at, true)), fromList: brainHalf },
};
const OTHERS: Readonly<Partial<Record<number, string>>> = {
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  8: "string",
  9: "bool",
  12: "uint32",
  13: "uint64",
  17: "float8",
};

/** IEEE 754 binary16. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The upper half of a binary32. */
function brainHalf(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

/** Gives the values of a repeated field to `take`, packed or one by one. */
export function repeated(
  reader: BinaryReader,
  wire: WireType,
  read: () => number,
  take: (value: number) => void,
): void {
  if (wire !== WireType.LengthDelimited) {
    take(read());
    return;
  }
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError("a field ends behind its message");
  while (reader.pos < end) take(read());
}

/**
 * The numbers of a weight tensor.
 * @param path of the model, beside which external data lie
 * @throws UserError if it cannot be read, or holds other numbers than its shape says
 */
export async function numbersOf(path: string, tensor: ReadTensor): Promise<number[]> {
  const { name, dims, element, listed } = tensor;
  const type = READABLE[element];
  if (!type) {
    const known = Object.values(READABLE).map((one) => one?.name);
    throw new UserError(
      `${path}: the weights ${name} are of type ${OTHERS[element] ?? element}; allowed is ${known.join(" or ")}: ` +
        "import the policy as it was before it was quantised or converted",
    );
  }
  const raw = tensor.isExternal ? await externalData(path, tensor) : tensor.raw;
  const count = dims.reduce((product, size) => product * size, 1);
  const held = raw === undefined ? listed.length : raw.length / type.size;
  if (held !== count)
    throw new UserError(
      `${path}: the weights ${name} hold ${held} numbers of type ${type.name} for the shape ${dims.join(" x ")}: ` +
        "export or copy it again",
    );
  if (raw === undefined) return listed.map((value) => type.fromList(value));
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: count }, (_, i) => type.read(view, type.size * i));
}

/** Bytes of a tensor in another file, which must lie in the folder of the model or below. */
async function externalData(path: string, { name, external }: ReadTensor): Promise<Uint8Array> {
  const location = external.get("location") ?? "";
  const there = `${path}: the weights ${name} lie in another file, ${JSON.stringify(location)}`;
  if (location === "" || isAbsolute(location) || normalize(location).startsWith(".."))
    throw new UserError(`${there}; allowed is a file beside the model: export it again, in one file`);
  const bytes = await readFile(join(dirname(path), location)).catch((error: unknown) => {
    throw new UserError(`${there}, which cannot be read: ${problemOf(error)}; copy it beside the model`);
  });
  const offset = Number(external.get("offset") ?? 0);
  const length = Number(external.get("length") ?? bytes.length - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length))
    throw new UserError(
      `${there}, at ${external.get("offset")} with ${external.get("length")} bytes; ` +
        `it has ${bytes.length}: copy it again`,
    );
  return bytes.subarray(offset, offset + length);
}
