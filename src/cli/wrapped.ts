/** Words in indented lines; what stands in brackets is not parted if it fits into a line. */
export function wrapped(text: string, indent: number, columns: number): string {
  const room = columns - indent;
  const [first, ...others] = text
    .split(/ (?![^[]*\])/)
    .flatMap((word) => (word.length > room ? word.split(" ") : [word]));
  const lines = [first];
  for (const word of others) {
    const longer = `${lines[lines.length - 1]} ${word}`;
    if (longer.length <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line).join("\n");
}
