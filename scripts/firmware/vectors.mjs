/** Makes a C header of firmware-bridge/test/vectors.json: the bytes that C and TypeScript are both tested against. */
import { readFileSync } from "node:fs";
import { protocol } from "../protocol/description.mjs";

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const bytes = (hex) => (hex.match(/../g) ?? []).map((pair) => `0x${pair}`).join(", ");
const literal = (value) =>
  value < -2147483647 ? "(-2147483647 - 1)" : value > 2147483647 ? `${value}u` : String(value);

/** A function that takes the frame apart and puts it together, field by field. */
function codecCheck({ type, raw }, index) {
  const fields = Object.entries(raw);
  if (fields.length === 0) return `static bool codec_${index}(const uint8_t *payload) { (void)payload; return true; }`;
  const name = `${snake(type)}_frame`;
  return `static bool codec_${index}(const uint8_t *payload) {
    struct ${name} got, want = {${fields.map(([field, value]) => `.${snake(field)} = ${literal(value)}`).join(", ")}};
    uint8_t written[${snake(type).toUpperCase()}_FRAME_SIZE];
    ${name}_write(written, &want);
    return memcmp(written, payload, sizeof written) == 0 && ${name}_read(payload, &got)
        && ${fields.map(([field]) => `got.${snake(field)} == want.${snake(field)}`).join(" && ")};
}`;
}

export function vectorsHeader() {
  const { good, bad, crcOf123456789 } = JSON.parse(readFileSync("firmware-bridge/test/vectors.json", "utf8"));
  const code = (type) => protocol.frames.find(({ name }) => name === type).code;
  return `#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "protocol.h"

#define CRC_OF_123456789 ${crcOf123456789}u

${good.map(codecCheck).join("\n\n")}

static const struct {
    const char *name;
    uint8_t type, sequence, size;
    uint8_t payload[${Math.max(...good.map(({ payload }) => payload.length / 2))}];
    uint8_t count;
    uint8_t wire[${Math.max(...good.map(({ wire }) => wire.length / 2))}];
    bool (*codec)(const uint8_t *payload);
} GOOD[] = {
${good
  .map(
    ({ name, type, sequence, payload, wire }, index) =>
      `    {"${name}", ${code(type)}, ${sequence}, ${payload.length / 2}, {${bytes(payload) || "0"}}, ` +
      `${wire.length / 2}, {${bytes(wire)}}, codec_${index}},`,
  )
  .join("\n")}
};

static const struct {
    const char *name;
    const char *error;
    unsigned count;
    uint8_t wire[${Math.max(...bad.map(({ wire }) => wire.length / 2))}];
} BAD[] = {
${bad.map(({ name, error, wire }) => `    {"${name}", "${error}", ${wire.length / 2}, {${bytes(wire)}}},`).join("\n")}
};
`;
}
