/** Sheets to print: tags as they are in the detector's dictionary, at their true size. */

/** Numbers and places of the board's tags: first number, columns and rows, and how far apart over their side. */
export const BOARD = { first: 100, columns: 4, rows: 3, pitch: 4 / 3 } as const;

const MODULES = 8;
const MARGIN = 1;

/** Squares of one tag, its upper left corner of the black square at x, y [mm]. */
function squares(code: string, x: number, y: number, side: number): string {
  const module = side / MODULES;
  const black = [`<rect x="${x}" y="${y}" width="${side}" height="${side}"/>`];
  for (let i = 0; i < code.length; i++) {
    if (code[i] === "0") continue;
    const [column, row] = [1 + (i % 6), 1 + Math.floor(i / 6)];
    const size = `width="${module}" height="${module}" fill="#fff"`;
    black.push(`<rect x="${x + column * module}" y="${y + row * module}" ${size}/>`);
  }
  return black.join("");
}

function sheet(width: number, height: number, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" ` +
    `viewBox="0 0 ${width} ${height}" shape-rendering="crispEdges">${content}</svg>`
  );
}

/** The car's tag, with an arrow that points forwards; side in m. */
export function tagSheet(code: string, id: number, side: number): string {
  const mm = 1000 * side;
  const margin = (MARGIN * mm) / MODULES;
  const whole = mm + 2 * margin;
  const words = `▲ forwards · tag ${id} · ${mm} mm`;
  const text = `<text x="${whole / 2}" y="6" font-size="5" text-anchor="middle">${words}</text>`;
  return sheet(whole, whole + 8, `${text}${squares(code, margin, 8 + margin, mm)}`);
}

/** The board; side in m. */
export function boardSheet(codeOf: (id: number) => string, side: number): string {
  const mm = 1000 * side;
  const { columns, rows, pitch, first } = BOARD;
  const tags = Array.from({ length: columns * rows }, (_, i) => {
    const [x, y] = [(i % columns) * pitch + 0.25, Math.floor(i / columns) * pitch + 0.25];
    return squares(codeOf(first + i), x * mm, y * mm, mm);
  });
  return sheet(columns * pitch * mm, rows * pitch * mm, tags.join(""));
}

/** Where a corner of a tag of the board is [m], to the right and up; undefined: the tag is none of its. */
export function boardCorner(id: number, corner: number, side: number): readonly [number, number] | undefined {
  const { columns, rows, pitch, first } = BOARD;
  const i = id - first;
  if (i < 0 || i >= columns * rows) return undefined;
  const right = corner === 1 || corner === 2 ? 1 : 0;
  const down = corner >= 2 ? 1 : 0;
  return [side * ((i % columns) * pitch + right), -side * (Math.floor(i / columns) * pitch + down)];
}
