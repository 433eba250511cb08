/** The tables of the protocol page. */
import { capital, eachField, hex, protocol, sizeOf } from "./description.mjs";

const { constants, enums, flags, frames } = protocol;
const cell = (text) => String(text).replaceAll("|", "\\|");

const kindOf = (field) => {
  if (field.enum) return `[${field.enum}](#${field.enum.toLowerCase()})`;
  if (field.flags) return `[${field.flags} flags](#${field.flags}-flags)`;
  return [field.scale === undefined ? "" : `× ${field.scale}`, field.unit ?? ""].filter(Boolean).join(" ");
};

const pageField = (field, at) =>
  `| ${at} | \`${field.name}\` | ${field.type} | ${kindOf(field)} | ${cell(field.text)} |`;

const pageFrame = (frame) => `### ${frame.name}

${hex(frame.code)}, ${frame.from === "host" ? "host → board" : "board → host"}, ${sizeOf(frame)} bytes of payload:
${frame.text}.
${
  frame.fields.length === 0
    ? ""
    : `
| offset | field | type | unit | meaning |
|---|---|---|---|---|
${eachField(frame, pageField).join("\n")}
`
}`;

const pageEnum = (title, text, rows) => `### ${title}

${capital(text)}.

| code | name | meaning |
|---|---|---|
${rows.map(({ code, name, text: meaning }) => `| ${code} | \`${name}\` | ${cell(meaning)} |`).join("\n")}`;

export const tables = () => `## Frame types

${frames.map(pageFrame).join("\n")}
## Codes and flags

${enums.map(({ name, text, values }) => pageEnum(name, text, values)).join("\n\n")}

${flags
  .map(({ name, text, bits }) =>
    pageEnum(
      `${name} flags`,
      text,
      bits.map((bit) => ({ ...bit, code: hex(1 << bit.bit) })),
    ),
  )
  .join("\n\n")}

## Constants

Version ${protocol.version}, ${protocol.baud} baud.

| name | value | meaning |
|---|---|---|
${constants.map(({ name, value, unit, text }) => `| \`${name}\` | ${value} ${unit} | ${cell(text)} |`).join("\n")}
`;
