/**
 * A channel: one connection between two endpoints, as links see it. It carries whole frames and
 * promises nothing: it may lose, repeat and reorder frames, and it may end at any time. (TCP only
 * ends; the simulator does all of it.)
 */

export interface Channel {
  readonly send: (frame: Uint8Array) => void
  /** True while much of the sent data has not left: repeating any of it would only add delay. */
  readonly isBusy?: () => boolean
  /** Whether the other end reads compact frames; it reads JSON in any case. */
  readonly isCompact?: boolean
  /** Ends the channel; it delivers nothing afterwards. */
  readonly close: () => void
}
