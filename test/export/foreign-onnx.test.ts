/** ONNX files as other programs leave them: weights in every field that may hold them, in other types, other files. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { BinaryReader, BinaryWriter, WireType } from "#wire";
import { messageOf, UserError } from "../../src/errors.js";
import { forms } from "../../src/export/forms.js";
import { readPolicy } from "../../src/export/import.js";
import { randomPolicy } from "../support/policies.js";
import { newFolder } from "../support/runs.js";

const GRAPH = 7;
const INITIALIZER = 5;
const METADATA = 14;
const TENSOR = { dims: 1, element: 2, floats: 4, ints: 5, name: 8, raw: 9, doubles: 10, external: 13, location: 14 };

interface Field {
  readonly field: number;
  readonly wire: WireType;
  /** with the length in front, where it has one */
  readonly bytes: Uint8Array;
}

function fieldsOf(message: Uint8Array): Field[] {
  const reader = new BinaryReader(message);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    fields.push({ field, wire, bytes: reader.skip(wire, field) });
  }
  return fields;
}

function messageFrom(fields: readonly Field[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { field, wire, bytes } of fields) writer.tag(field, wire).raw(bytes);
  return writer.finish();
}

const inside = ({ bytes }: Field): Uint8Array => new BinaryReader(bytes).bytes();
const framed = (field: number, bytes: Uint8Array): Field => ({
  field,
  wire: WireType.LengthDelimited,
  bytes: new BinaryWriter().bytes(bytes).finish(),
});
const varint = (field: number, value: number): Field => ({
  field,
  wire: WireType.Varint,
  bytes: new BinaryWriter().uint32(value).finish(),
});

/** Name and numbers of a tensor of float64. */
function contentsOf(tensor: Uint8Array): { name: string; numbers: number[] } {
  const fields = fieldsOf(tensor);
  const named = (wanted: number) => fields.find(({ field }) => field === wanted);
  const name = named(TENSOR.name);
  const raw = named(TENSOR.raw);
  if (!name || !raw) throw new Error("a tensor lacks its name or its data");
  const data = Uint8Array.from(inside(raw)); // a copy, aligned
  const numbers = data.length % 8 === 0 ? [...new Float64Array(data.buffer)] : [];
  return { name: Buffer.from(inside(name)).toString(), numbers };
}

/** The tensor with other fields for its numbers, and another type. */
function held(tensor: Uint8Array, element: number, ...data: Field[]): Uint8Array {
  const rest = fieldsOf(tensor).filter(({ field }) => field !== TENSOR.raw && field !== TENSOR.element);
  return messageFrom([...rest, varint(TENSOR.element, element), ...data]);
}

let folder: string;
let original: Uint8Array;
let weights: readonly { readonly W: readonly number[]; readonly b: readonly number[] }[];
beforeAll(async () => {
  folder = await newFolder();
  const source = await randomPolicy("car-figure8", "simulation");
  weights = source.policy.layers;
  const { onnx } = forms;
  if (!onnx) throw new Error("there is no form onnx");
  original = Buffer.from(await onnx.write(source, { what: "policy", precision: "float64" }));
});
afterAll(() => rm(folder, { recursive: true }));

type ChangeOfTensor = (tensor: Uint8Array, name: string, numbers: number[]) => Uint8Array;

/** The model with the weights changed, and other fields left as they are. */
async function changed(change: ChangeOfTensor, name = "changed.onnx"): Promise<string> {
  const initializer = (field: Field): Field => {
    if (field.field !== INITIALIZER) return field;
    const tensor = inside(field);
    const contents = contentsOf(tensor);
    return /^[Wb]\d/.test(contents.name) ? framed(INITIALIZER, change(tensor, contents.name, contents.numbers)) : field;
  };
  const model = fieldsOf(original).map((field) =>
    field.field === GRAPH ? framed(GRAPH, messageFrom(fieldsOf(inside(field)).map(initializer))) : field,
  );
  const path = join(folder, name);
  await writeFile(path, messageFrom(model));
  return path;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength);

/** The bits of a number below 2^15 as float16, rounded towards zero. */
function halfBits(value: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  if (exponent < -14) return (value < 0 ? 0x8000 : 0) | Math.floor(Math.abs(value) * 2 ** 24);
  const fraction = Math.floor((Math.abs(value) / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}
const brainBits = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16;

/** `lapgrad import`'s weights of the file, which must be near the true ones. */
async function expectNear(path: string, relative: number): Promise<void> {
  const { layers, settings } = await readPolicy(path);
  expect(settings.hidden).toStrictEqual(layers.slice(0, -1).map(({ outputs }) => outputs));
  const far = layers.flatMap((layer, i) => {
    const differs = (got: Float64Array, wanted: readonly number[]) =>
      [...got].filter((value, k) => !(Math.abs(value - wanted[k]) <= relative * Math.abs(wanted[k]) + relative * 2e-2));
    return [...differs(layer.weights, weights[i].W), ...differs(layer.bias, weights[i].b)];
  });
  expect(far).toStrictEqual([]);
}

const ways: Record<string, [relative: number, ChangeOfTensor]> = {
  "double, raw_data": [0, (tensor) => tensor],
  double_data: [0, (t, _, x) => held(t, 11, framed(TENSOR.doubles, bytesOf(Float64Array.from(x))))],
  "float, raw_data": [1e-7, (t, _, x) => held(t, 1, framed(TENSOR.raw, bytesOf(Float32Array.from(x))))],
  "float_data, packed": [1e-7, (t, _, x) => held(t, 1, framed(TENSOR.floats, bytesOf(Float32Array.from(x))))],
  "float_data, one by one": [
    1e-7,
    (t, _, x) =>
      held(
        t,
        1,
        ...x.map((value) => ({
          field: TENSOR.floats,
          wire: WireType.Bit32,
          bytes: bytesOf(Float32Array.of(value)),
        })),
      ),
  ],
  "float16, raw_data": [1e-3, (t, _, x) => held(t, 10, framed(TENSOR.raw, bytesOf(Uint16Array.from(x, halfBits))))],
  "float16, int32_data": [1e-3, (t, _, x) => held(t, 10, ...x.map((value) => varint(TENSOR.ints, halfBits(value))))],
  "bfloat16, raw_data": [1e-2, (t, _, x) => held(t, 16, framed(TENSOR.raw, bytesOf(Uint16Array.from(x, brainBits))))],
};
test.each(Object.entries(ways))("weights as %s are read", async (_, [relative, change]) => {
  await expectNear(await changed(change), relative);
});

const entry = (key: string, value: string): Field =>
  framed(TENSOR.external, messageFrom([framed(1, Buffer.from(key)), framed(2, Buffer.from(value))]));

test("weights in another file are read from there, or it is said what is wrong with that file", async () => {
  const data: Uint8Array[] = [];
  let offset = 0;
  const model = async (location: string) => {
    data.length = 0;
    offset = 0;
    return changed((tensor, _, numbers) => {
      const bytes = bytesOf(Float64Array.from(numbers));
      data.push(bytes);
      const place = [entry("location", location), entry("offset", `${offset}`), entry("length", `${bytes.length}`)];
      offset += bytes.length;
      return held(tensor, 11, ...place, varint(TENSOR.location, 1));
    });
  };
  const path = await model("weights.bin");
  await writeFile(join(folder, "weights.bin"), Buffer.concat(data));
  await expectNear(path, 0);
  await writeFile(join(folder, "weights.bin"), Buffer.concat(data).subarray(0, 1000));
  await expect(readPolicy(path)).rejects.toThrow(
    /W0 lie in another file, "weights\.bin", at 0 with \d+ bytes; it has 1000/,
  );
  await rm(join(folder, "weights.bin"));
  await expect(readPolicy(path)).rejects.toThrow(
    /W0 lie in another file, "weights\.bin", which cannot be read: there is no such file.*copy it beside the model/,
  );
  await mkdir(join(folder, "inner"), { recursive: true });
  for (const location of ["/etc/passwd", "../outside.bin", "inner/../../outside.bin", ""])
    await expect(readPolicy(await model(location))).rejects.toThrow(/allowed is a file beside the model/);
});

test("what cannot be read is refused with the true reason", async () => {
  const cases: [RegExp, ChangeOfTensor][] = [
    [/W0 are of type int8; allowed is float or .*quantised/, (t) => held(t, 3, framed(TENSOR.raw, Buffer.alloc(384)))],
    [
      /W0 hold 383 numbers of type double for the shape 6 x 64/,
      (t, _, x) => held(t, 11, framed(TENSOR.raw, bytesOf(Float64Array.from(x).subarray(1)))),
    ],
    [/W0 hold 0 numbers of type double/, (t) => held(t, 11)],
    [
      /no initializer W0, as lapgrad writes weights \(it has /,
      (t, name) =>
        messageFrom(
          fieldsOf(t).map((f) => (f.field === TENSOR.name ? framed(TENSOR.name, Buffer.from(`quantised_${name}`)) : f)),
        ),
    ],
    [
      /W0 is 384 and b0 is 64; allowed are inputs x outputs/,
      (t, name) =>
        name === "W0"
          ? messageFrom([varint(TENSOR.dims, 384), ...fieldsOf(t).filter(({ field }) => field !== TENSOR.dims)])
          : t,
    ],
    [
      /layers\[0\]\.[Wb]\[0\] is NaN; allowed is a finite number/,
      (t, _, x) => held(t, 11, framed(TENSOR.raw, bytesOf(Float64Array.from(x).fill(Number.NaN)))),
    ],
  ];
  for (const [reason, change] of cases) {
    const path = await changed(change);
    const refusal = await readPolicy(path).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UserError);
    expect(messageOf(refusal)).toMatch(reason);
    expect(messageOf(refusal)).toContain(path);
  }
  const path = join(folder, "bare.onnx");
  const metadata = (text?: string) =>
    messageFrom(
      fieldsOf(original).flatMap((field) => {
        if (field.field !== METADATA || !Buffer.from(inside(field)).includes("description")) return [field];
        return text === undefined
          ? []
          : [framed(METADATA, messageFrom([framed(1, Buffer.from("description")), framed(2, Buffer.from(text))]))];
      }),
    );
  await writeFile(path, metadata());
  await expect(readPolicy(path)).rejects.toThrow(/bare\.onnx lacks the metadata "description"/);
  await writeFile(path, metadata('{"format":'));
  await expect(readPolicy(path)).rejects.toThrow(/its description is not JSON/);
  await writeFile(path, (await readFile(path)).subarray(0, 3000));
  await expect(readPolicy(path)).rejects.toThrow(/neither JSON nor a whole ONNX file/);
});
