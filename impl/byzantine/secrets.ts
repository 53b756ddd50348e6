/**
 * The secrets of an endpoint's processes, as a host keeps them (`host/endpoint.ts`): there from
 * before the record that first speaks of them until the one is durable that no longer does.
 */
import { handlesIn, type Keyring } from "./keyring.ts"

export class Secrets {
  private readonly keyring: Keyring
  /** What the states speak of, durable or not. */
  private current: ReadonlySet<string> = new Set()

  constructor(keyring: Keyring) {
    this.keyring = keyring
  }

  /**
   * The processes have these states, which a record will say: what is new is kept. What this gives
   * erases what is no longer spoken of; it is called once the record is durable.
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
   * The processes have come back with these states: of all else nothing stays. Returns how many
   * secrets of theirs are missing; then nothing is erased.
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
