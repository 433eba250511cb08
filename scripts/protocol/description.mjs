/** The description of the wire between host and board, and what the makers of all languages need to know of it. */
import { readFileSync } from "node:fs";

export const SOURCE = "firmware-bridge/protocol.json";
export const NOTE = `Made by scripts/protocol.mjs from ${SOURCE}: change that, then run it.`;
/** bytes of a field by its type */
export const WIDTH = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4 };

export const protocol = JSON.parse(readFileSync(SOURCE, "utf8"));

export const capital = (name) => name[0].toUpperCase() + name.slice(1);
export const unitOf = ({ unit }) => (unit ? ` [${unit}]` : "");
export const sizeOf = ({ fields }) => fields.reduce((sum, { type }) => sum + WIDTH[type], 0);
export const hex = (code) => `0x${code.toString(16).padStart(2, "0")}`;

/** Frames that have a payload: the others are their type alone. */
export const withPayload = protocol.frames.filter(({ fields }) => fields.length > 0);

/** Calls `line(field, offset)` for every field of a frame. */
export function eachField({ fields }, line) {
  let offset = 0;
  return fields.map((field) => {
    const made = line(field, offset);
    offset += WIDTH[field.type];
    return made;
  });
}

/** Throws what is wrong with the description. */
export function checkDescription() {
  const { constants, frames } = protocol;
  const codes = frames.map(({ code }) => code);
  if (new Set(codes).size !== codes.length) throw new Error(`${SOURCE}: two frames have the same code`);
  const longest = constants.find(({ name }) => name === "maxPayload").value;
  for (const frame of frames) {
    if (sizeOf(frame) > longest)
      throw new Error(
        `${SOURCE}: ${frame.name} has ${sizeOf(frame)} bytes, allowed are at most ${longest} (maxPayload)`,
      );
    for (const { name, type } of frame.fields)
      if (!(type in WIDTH))
        throw new Error(`${SOURCE}: ${frame.name}.${name} is of type "${type}"; allowed: ${Object.keys(WIDTH)}`);
  }
}
