/** The C header of the protocol. */
import { eachField, hex, NOTE, protocol, sizeOf, unitOf, WIDTH, withPayload } from "./description.mjs";

const { constants, enums, flags, frames } = protocol;
const upper = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
const snake = (name) => upper(name).toLowerCase();
const unitSuffix = { ms: "_MS", µs: "_US" };
const cType = (type) => `${type.startsWith("u") ? "uint" : "int"}${8 * WIDTH[type]}_t`;

function cFrame(frame) {
  const name = `${snake(frame.name)}_frame`;
  const members = frame.fields.map(({ type, ...field }) => {
    const scaled = field.scale === undefined ? "" : ` × ${field.scale}`;
    return `    ${cType(type)} ${snake(field.name)}; /* ${field.text}${unitOf(field)}${scaled} */`;
  });
  const raw = (type, at) =>
    type[0] === "u" ? `wire_get_${type}(${at})` : `(${cType(type)})wire_get_u${type.slice(1)}(${at})`;
  const cast = (type, value) => (type[0] === "u" ? value : `(uint${8 * WIDTH[type]}_t)${value}`);
  const reads = eachField(
    frame,
    ({ name: field, type }, at) => `    to->${snake(field)} = ${raw(type, `from + ${at}`)};`,
  );
  const writes = eachField(
    frame,
    ({ name: field, type }, at) =>
      `    wire_put_u${type.slice(1)}(to + ${at}, ${cast(type, `from->${snake(field)}`)});`,
  );
  const limits = frame.fields
    .filter(({ min }) => min !== undefined)
    .map(({ name: field, min, max }) => `to->${snake(field)} >= ${min} && to->${snake(field)} <= ${max}`);
  return `/* ${frame.text} */
#define ${upper(frame.name)}_FRAME_SIZE ${sizeOf(frame)}u
struct ${name} {
${members.join("\n")}
};

/* False if a value is out of range. */
static inline bool ${name}_read(const uint8_t *from, struct ${name} *to) {
${reads.join("\n")}
    return ${limits.join(" && ") || "true"};
}

static inline void ${name}_write(uint8_t *to, const struct ${name} *from) {
${writes.join("\n")}
}`;
}

const cEnum = ({ name, text, values }) => `/* ${text} */
enum ${snake(name)} {
${values.map((value) => `    ${upper(name)}_${upper(value.name)} = ${value.code}, /* ${value.text} */`).join("\n")}
};`;

const cFlags = ({ name, text, bits }) => `/* ${text} */
${bits.map((bit) => `#define ${upper(name)}_${upper(bit.name)} ${hex(1 << bit.bit)}u /* ${bit.text} */`).join("\n")}`;

export function header() {
  const define = (name, value, text) => `#define PROTOCOL_${upper(name)}${value} /* ${text} */`;
  const defines = constants.flatMap(({ name, value, unit, text }) => [
    define(name, `${unitSuffix[unit] ?? ""} ${value}u`, text),
    // a product with 1000 would overflow the 16-bit integers of small boards
    ...(unit === "ms" ? [define(name, `_US ${value * 1000}ul`, "the same")] : []),
  ]);
  return `/* ${NOTE} */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#define PROTOCOL_VERSION ${protocol.version}u
#define PROTOCOL_BAUD ${protocol.baud}ul
${defines.join("\n")}

${enums.map(cEnum).join("\n\n")}

${flags.map(cFlags).join("\n\n")}

enum frame_type {
${frames.map(({ name, code }) => `    FRAME_${upper(name)} = ${hex(code)},`).join("\n")}
};

#define FRAME_UNKNOWN 0xffu

/* Payload size of a frame from the host; FRAME_UNKNOWN for any other type. */
static inline uint8_t frame_payload_size(uint8_t type) {
    switch (type) {
${frames
  .filter(({ from }) => from === "host")
  .map((frame) => `    case FRAME_${upper(frame.name)}:\n        return ${sizeOf(frame)}u;`)
  .join("\n")}
    default:
        return FRAME_UNKNOWN;
    }
}

/* Everything on the wire is little-endian. */
static inline uint8_t wire_get_u8(const uint8_t *from) {
    return from[0];
}

static inline uint16_t wire_get_u16(const uint8_t *from) {
    return (uint16_t)(from[0] | (uint16_t)from[1] << 8);
}

static inline uint32_t wire_get_u32(const uint8_t *from) {
    return wire_get_u16(from) | (uint32_t)wire_get_u16(from + 2) << 16;
}

static inline void wire_put_u8(uint8_t *to, uint8_t value) {
    to[0] = value;
}

static inline void wire_put_u16(uint8_t *to, uint16_t value) {
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static inline void wire_put_u32(uint8_t *to, uint32_t value) {
    wire_put_u16(to, (uint16_t)value);
    wire_put_u16(to + 2, (uint16_t)(value >> 16));
}

${withPayload.map(cFrame).join("\n\n")}

#endif
`;
}
