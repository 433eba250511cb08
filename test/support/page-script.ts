/** The one script that a written page has of its own, by which its charts tell values. */
export const SCRIPT = /<script>([\s\S]*?)<\/script>/;

/** A page but for its own script. */
export const withoutScript = (page: string): string => page.replace(SCRIPT, "");
