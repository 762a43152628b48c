// Finds a key that a JSON object holds twice, which JSON.parse passes over in silence.

/** The first key that stands twice in one object of a valid JSON text; undefined when there is none. */
export function findDuplicateKey(json: string): string | undefined {
  // One set of keys for each object that is open; arrays have none.
  const open: (Set<string> | undefined)[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (const [token, colon] of json.matchAll(tokens)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
