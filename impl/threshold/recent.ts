import { createHash } from "node:crypto"

const maxRecent = 1024

/**
 * A cache of recent results by the text that they were computed from; at its bound it is emptied.
 */
export class Recent<A> {
  private readonly known = new Map<string, A>()

  of(text: string, compute: () => A): A {
    const key = createHash("sha256").update(text).digest("base64url")
    if (this.known.has(key)) return this.known.get(key) as A
    const made = compute()
    if (this.known.size >= maxRecent) this.known.clear()
    this.known.set(key, made)
    return made
  }
}
