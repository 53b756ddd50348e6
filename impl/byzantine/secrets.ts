/**
 * The secrets of an endpoint's processes, on behalf of their host (`host/endpoint.ts`). A secret is
 * on disk from before the first record that mentions it until a record without it is durable.
 */
import { handlesIn, type Keyring } from "./keyring.ts"

export class Secrets {
  private readonly keyring: Keyring
  /** The handles in the current states, durable or not. */
  private current: ReadonlySet<string> = new Set()

  constructor(keyring: Keyring) {
    this.keyring = keyring
  }

  /**
   * The processes have these states, which the next record will contain. Keeps new secrets. The
   * returned function erases those that are no longer mentioned; the host calls it once the record
   * is durable.
   */
  readonly change = (states: unknown): (() => void) => {
    const before = this.current
    const after = handlesIn(states)
    this.keyring.keep(after)
    this.current = after
    const dropped = [...before].filter((handle) => !after.has(handle))
    return () => {
      this.keyring.erase(dropped.filter((handle) => !this.current.has(handle)))
      this.keyring.eraseUnkept(this.current)
    }
  }

  /**
   * The processes have recovered with these states. Erases all other secrets. Returns the number of
   * missing secrets; if any is missing, it erases nothing.
   */
  readonly recover = (states: unknown): number => {
    this.current = handlesIn(states)
    const missing = [...this.current].filter((handle) => this.keyring.get(handle) === undefined)
    if (missing.length > 0) return missing.length
    this.keyring.keep(this.current)
    this.keyring.eraseAllBut(this.current)
    return 0
  }
}
