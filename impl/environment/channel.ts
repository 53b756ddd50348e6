/**
 * A channel: one connection between two endpoints, as links see it. It carries whole frames and
 * promises nothing: frames may be lost, repeated and reordered, and it may end at any time. (TCP
 * does only the last; the simulator does all of it.)
 */

export interface Channel {
  readonly send: (frame: Uint8Array) => void
  /** True while much of what was sent has not left: to repeat any of it would only delay it. */
  readonly isBusy?: () => boolean
  /** Ends the channel; nothing is received from it any more. */
  readonly close: () => void
}
