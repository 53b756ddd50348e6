/** The other runners of a search, as one of them sees them. */
import type { Parcel } from "./parcels.ts"

/**
 * A way to each other runner. Parcels from one runner to another arrive in the order of sending.
 */
export interface Peers {
  readonly send: (to: number, parcel: Parcel) => void
  /** The next parcel from a runner. */
  readonly next: (from: number) => Promise<Parcel>
}

/** The parcels that have arrived at a runner and that it has not taken. */
export class Mailbox {
  private readonly arrived = new Map<number, Array<Parcel>>()
  private readonly waiting = new Map<number, (parcel: Parcel) => void>()

  deliver(from: number, parcel: Parcel): void {
    const take = this.waiting.get(from)
    if (take === undefined) {
      const arrived = this.arrived.get(from)
      if (arrived === undefined) this.arrived.set(from, [parcel])
      else arrived.push(parcel)
      return
    }
    this.waiting.delete(from)
    take(parcel)
  }

  next(from: number): Promise<Parcel> {
    const parcel = this.arrived.get(from)?.shift()
    if (parcel !== undefined) return Promise.resolve(parcel)
    return new Promise((resolve) => this.waiting.set(from, resolve))
  }
}
