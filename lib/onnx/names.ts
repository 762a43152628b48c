// Names in an exported file: unique, readable in viewers, and identifiers wherever other languages make variables of them.

/** Gives out names that do not meet; parameters keep theirs, `conv2d_1.weight`. */
export class Names {
  private readonly used = new Set<string>();

  /** The name as it stands when it is free: for inputs, outputs and parameters. */
  exact(name: string): string {
    return this.take(name);
  }

  /** A name made an identifier: for values in between and nodes. */
  identifier(hint: string): string {
    return this.take(identifierOf(hint));
  }

  private take(name: string): string {
    let unique = name;
    for (let count = 2; this.used.has(unique); count++) unique = `${name}_${count}`;
    this.used.add(unique);
    return unique;
  }
}

/** The text with everything but letters, digits and underscores replaced. */
export function identifierOf(text: string): string {
  return text.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)|^$/, "_");
}
