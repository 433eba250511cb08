/**
 * The core as plain JavaScript (scripts/twin.mjs) has the shape of the compiler's bindings; so the host compiles
 * without it.
 */
declare module "#twin" {
  export function instantiate(): Promise<typeof import("#core").__AdaptedExports>;
}
