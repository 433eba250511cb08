/** YAML files of people, read within limits that no configuration reaches: none can take long or much memory. */
import { CST, type Document, Lexer, type LineCounter, type Node, parseDocument } from "yaml";
import { messageOf, UserError } from "../errors.js";
import { shortened } from "../output.js";

/** A run's configuration with all comments has 12 kB, 1500 tokens, and is nested three deep. */
const MOST = { bytes: 192 * 1024, tokens: 10_000, depth: 16 } as const;
const OPENING: ReadonlySet<string | null> = new Set(["flow-seq-start", "flow-map-start"]);
const CLOSING: ReadonlySet<string | null> = new Set(["flow-seq-end", "flow-map-end"]);
/** What opens a level on the line of the one before. */
const COMPACT: ReadonlySet<string | null> = new Set(["seq-item-ind", "explicit-key-ind"]);

/**
 * The document in a file's text.
 * @throws UserError if it is not YAML, or no configuration can be so large or so deeply nested
 */
export function parseYaml(path: string, source: string, lineCounter: LineCounter): Document.Parsed {
  checkExtent(path, source);
  const document = parseDocument(source, { lineCounter });
  const [problem] = document.errors;
  if (problem) throw new UserError(`${path} is not YAML: ${firstLine(problem.message)}`);
  return document;
}

function checkExtent(path: string, source: string): void {
  const refuse = (got: string, allowed: string): never => {
    throw new UserError(`${path} ${got}; allowed ${allowed}: give a configuration, e.g. the config.yaml of a run`);
  };
  if (source.length > MOST.bytes) refuse(`has ${source.length} characters`, `are ${MOST.bytes}`);
  let [tokens, flows, compact, line] = [0, 0, 0, 1];
  for (const text of new Lexer().lex(source)) {
    const token = CST.tokenType(text);
    if (token === "newline") [compact, line] = [0, line + 1];
    if (OPENING.has(token)) flows++;
    if (CLOSING.has(token)) flows--;
    if (COMPACT.has(token)) compact++;
    if (Math.max(flows, compact) > MOST.depth)
      refuse(`is nested too deeply in line ${line}`, `are ${MOST.depth} levels`);
    if (++tokens > MOST.tokens) refuse(`has too many parts, in line ${line}`, `are ${MOST.tokens}`);
  }
}

/** A YAML node's value, which can be JSON. */
export function plainValue(node: Node, document: Document, where: string): unknown {
  try {
    const value: unknown = node.toJS(document);
    JSON.stringify(value); // aliases may make a circle
    return value;
  } catch (error) {
    const message = firstLine(messageOf(error)); // e.g. aliases of aliases of aliases
    throw new UserError(`${where}: ${/circular/i.test(message) ? "an alias stands for what it stands in" : message}`);
  }
}

/** Without the picture of the place that follows. */
function firstLine(message: string): string {
  return shortened(message.split("\n", 1)[0].replace(/:$/, ""));
}
