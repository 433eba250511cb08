/** ONNX files, as far as a policy needs them: onnx.proto's messages written by field number. Opset 13, IR version 7. */
import { BinaryWriter, WireType } from "#wire";

/** TensorProto.DataType */
export const ELEMENT = { float32: 1, int64: 7, bool: 9, float64: 11 } as const;
export type Element = keyof typeof ELEMENT;

export interface Tensor {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly number[];
  /** little-endian */
  readonly data: Uint8Array;
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** whole numbers */
  readonly attributes: Readonly<Record<string, number>>;
}

/** An input or output of the graph: rows of `width` numbers, one per policy of the batch. */
export interface Port {
  readonly name: string;
  readonly width: number;
  /** names of the numbers, with units */
  readonly doc: string;
}

export interface OnnxModel {
  readonly name: string;
  readonly doc: string;
  readonly element: "float32" | "float64";
  readonly producerVersion: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Tensor[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly metadata: Readonly<Record<string, string>>;
}

const IR_VERSION = 7;
const OPSET = 13;
/** AttributeProto.AttributeType */
const INT = 2;

/** Writes a message inside a message. */
function inside(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function whole(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

/** ModelProto. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  whole(writer, 1, IR_VERSION);
  text(writer, 2, "lapgrad");
  text(writer, 3, model.producerVersion);
  text(writer, 6, model.doc);
  inside(writer, 7, (graph) => encodeGraph(graph, model));
  inside(writer, 8, (opset) => {
    text(opset, 1, "");
    whole(opset, 2, OPSET);
  });
  for (const [key, value] of Object.entries(model.metadata)) {
    inside(writer, 14, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  return writer.finish();
}

/** GraphProto. */
function encodeGraph(writer: BinaryWriter, model: OnnxModel): void {
  for (const node of model.nodes) inside(writer, 1, (inner) => encodeNode(inner, node));
  text(writer, 2, model.name);
  for (const tensor of model.initializers) inside(writer, 5, (inner) => encodeTensor(inner, tensor));
  for (const port of model.inputs) inside(writer, 11, (inner) => encodePort(inner, port, model.element));
  for (const port of model.outputs) inside(writer, 12, (inner) => encodePort(inner, port, model.element));
}

/** NodeProto. */
function encodeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const name of node.inputs) text(writer, 1, name);
  text(writer, 2, node.output);
  text(writer, 3, node.name);
  text(writer, 4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    inside(writer, 5, (attribute) => {
      text(attribute, 1, name);
      whole(attribute, 3, value);
      whole(attribute, 20, INT);
    });
  }
}

/** TensorProto. */
function encodeTensor(writer: BinaryWriter, { name, element, shape, data }: Tensor): void {
  for (const size of shape) whole(writer, 1, size);
  whole(writer, 2, ELEMENT[element]);
  text(writer, 8, name);
  writer.tag(9, WireType.LengthDelimited).bytes(data);
}

/** ValueInfoProto. */
function encodePort(writer: BinaryWriter, { name, width, doc }: Port, element: Element): void {
  text(writer, 1, name);
  inside(writer, 2, (type) => {
    inside(type, 1, (tensor) => {
      whole(tensor, 1, ELEMENT[element]);
      inside(tensor, 2, (shape) => {
        inside(shape, 1, (dimension) => text(dimension, 2, "batch"));
        inside(shape, 1, (dimension) => whole(dimension, 1, width));
      });
    });
  });
  text(writer, 3, doc);
}
