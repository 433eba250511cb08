/** The TypeScript module of the protocol. */
import { capital, eachField, hex, NOTE, protocol, sizeOf, unitOf, WIDTH, withPayload } from "./description.mjs";

const { constants, enums, flags, frames } = protocol;
const accessor = (type) => `${type[0] === "u" ? "Uint" : "Int"}${8 * WIDTH[type]}`;
const littleEndian = (type) => (WIDTH[type] === 1 ? "" : ", true");
/** Names of enums that would say too little by themselves. */
const hostName = (name) => (name === "state" ? "BoardState" : capital(name));
const place = (at) => (at === 0 ? "at" : `at + ${at}`);

function range({ type, min, max }) {
  const bits = 8 * WIDTH[type];
  return type[0] === "u" ? [min ?? 0, max ?? 2 ** bits - 1] : [min ?? -(2 ** (bits - 1)), max ?? 2 ** (bits - 1) - 1];
}

function hostFrame(frame) {
  const name = capital(frame.name);
  const members = frame.fields.map((field) => `  /** ${field.text}${unitOf(field)} */\n  ${field.name}: number;`);
  const reads = eachField(frame, ({ name: field, type, scale }, at) => {
    const scaled = scale === undefined ? "" : ` / ${Math.round(1 / scale)}`;
    return `  to.${field} = view.get${accessor(type)}(${place(at)}${littleEndian(type)})${scaled};`;
  });
  const writes = eachField(frame, (field, at) => {
    const { type, scale } = field;
    const value =
      scale === undefined
        ? `from.${field.name}`
        : `within(from.${field.name} * ${Math.round(1 / scale)}, ${range(field).join(", ")})`;
    return `  view.set${accessor(type)}(${place(at)}, ${value}${littleEndian(type)});`;
  });
  const zeros = frame.fields.map(({ name: field }) => `${field}: 0`);
  const short = `export const new${name} = (): ${name} => ({ ${zeros.join(", ")} });`;
  const make =
    short.length <= 120 ? short : `export const new${name} = (): ${name} => ({\n  ${zeros.join(",\n  ")},\n});`;
  return `/** ${frame.text} */
export interface ${name} {
${members.join("\n")}
}

${make}

export function read${name}(view: DataView, at: number, to: ${name}): void {
${reads.join("\n")}
}

export function write${name}(view: DataView, at: number, from: Readonly<${name}>): void {
${writes.join("\n")}
}`;
}

const hostEnum = (name, text, members) => `/** ${text} */
export enum ${hostName(name)} {
${members.map(({ name: member, value, text: meaning }) => `  /** ${meaning} */\n  ${member} = ${value},`).join("\n")}
}`;

const hostConstant = (constant) =>
  `  /** ${constant.text}${unitOf(constant)} */\n  ${constant.name}: ${constant.value},`;

const hostConstants = () => `export const protocol = {
  version: ${protocol.version},
  /** bits per second, 8N1 */
  baud: ${protocol.baud},
${constants.map(hostConstant).join("\n")}
} as const;`;

export const hostModule = () => `// ${NOTE}

${hostConstants()}

${enums
  .map(({ name, text, values }) =>
    hostEnum(
      name,
      text,
      values.map((value) => ({ ...value, value: value.code })),
    ),
  )
  .join("\n\n")}

${flags
  .map(({ name, text, bits }) =>
    hostEnum(
      `${name}Flag`,
      text,
      bits.map((bit) => ({ ...bit, value: 1 << bit.bit })),
    ),
  )
  .join("\n\n")}

/** first byte of a frame */
export enum FrameType {
${frames.map(({ name, code }) => `  ${name} = ${hex(code)},`).join("\n")}
}

/** bytes of payload by frame type */
export const payloadSize: Readonly<Record<FrameType, number>> = {
${frames.map((frame) => `  [FrameType.${frame.name}]: ${sizeOf(frame)},`).join("\n")}
};

/**
 * Rounded and held within the limits: a number too large must not wrap around. What is not a number becomes 0, as
 * DataView does.
 */
function within(value: number, low: number, high: number): number {
  return Math.round(Math.min(Math.max(value, low), high));
}

${withPayload.map(hostFrame).join("\n\n")}
`;
