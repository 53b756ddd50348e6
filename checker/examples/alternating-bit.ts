/**
 * The alternating-bit protocol: messages arrive in order, each once, over two channels that lose
 * what they carry (K. A. Bartlett, R. A. Scantlebury, P. T. Wilkinson, "A note on reliable
 * full-duplex transmission", 1969).
 *
 * A channel holds one packet at a time. The sender repeats its packet, and the receiver its last
 * acknowledgement, forever. A channel that may lose every packet delivers nothing. Strong fairness
 * of receiving guarantees that a packet sent infinitely often arrives infinitely often; weak
 * fairness is not enough.
 */
import type { Relation } from "../relation/relation.ts"

type Bit = 0 | 1

export interface AlternatingBit {
  /** The bit of the message that the sender is sending. */
  readonly sends: Bit
  /** The bit of the message that the receiver waits for. */
  readonly expects: Bit
  readonly packet: Bit | null
  readonly acknowledgement: Bit | null
}

const flipped = (bit: Bit): Bit => (bit === 0 ? 1 : 0)

export const alternatingBit = ({
  channels
}: {
  readonly channels: "weakly fair" | "strongly fair"
}): Relation<AlternatingBit> => {
  const deliveries = ["receive packet", "receive acknowledgement"]
  const sendings = ["send packet", "send acknowledgement"]
  const isStrong = channels === "strongly fair"
  return {
    initial: [{ sends: 0, expects: 0, packet: null, acknowledgement: null }],
    actions: {
      "send packet": ({ packet, sends }) => (packet === null ? [{ packet: sends }] : []),
      "lose packet": ({ packet }) => (packet === null ? [] : [{ packet: null }]),
      "receive packet": ({ packet, expects }) => {
        if (packet === null) return []
        return packet === expects
          ? [{ packet: null, expects: flipped(expects) }]
          : [{ packet: null }]
      },
      // The receiver acknowledges the message that it accepted last.
      "send acknowledgement": ({ acknowledgement, expects }) =>
        acknowledgement === null ? [{ acknowledgement: flipped(expects) }] : [],
      "lose acknowledgement": ({ acknowledgement }) =>
        acknowledgement === null ? [] : [{ acknowledgement: null }],
      "receive acknowledgement": ({ acknowledgement, sends }) => {
        if (acknowledgement === null) return []
        return acknowledgement === sends
          ? [{ acknowledgement: null, sends: flipped(sends) }]
          : [{ acknowledgement: null }]
      }
    },
    fairness: {
      weak: [...sendings, ...(isStrong ? [] : deliveries)],
      strong: isStrong ? deliveries : []
    },
    leadsTo: {
      "a message is accepted": [
        ({ sends, expects }) => sends === 0 && expects === 0,
        ({ expects }) => expects === 1
      ],
      "an accepted message is followed by the next": [
        ({ sends, expects }) => sends === 0 && expects === 1,
        ({ sends }) => sends === 1
      ]
    }
  }
}
