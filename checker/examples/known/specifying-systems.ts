/**
 * Models of L. Lamport's "Specifying Systems" (2002), state for state with the text in the
 * collection of TLA+ examples: the hour clock that keeps running (chapter 8), the asynchronous
 * interface (chapter 3), the bounded FIFO (chapter 4), and the alternating bit protocol with its
 * abstract specification (chapter 14).
 */
import type { Relation } from "../../relation/relation.ts"

interface Clock {
  readonly hour: number
}

export const liveHourClock = (): Relation<Clock> => {
  const hours = Array.from({ length: 12 }, (_, at) => at + 1)
  return {
    initial: hours.map((hour) => ({ hour })),
    actions: { HCnxt: ({ hour }) => [{ hour: (hour % 12) + 1 }] },
    invariants: { HCini: ({ hour }) => hours.includes(hour) },
    fairness: { weak: ["HCnxt"] },
    alwaysEventually: Object.fromEntries(
      hours.map((one) => [`${one} o'clock`, ({ hour }: Clock) => hour === one])
    ),
    deadlock: true
  }
}

interface Channel {
  readonly value: string
  readonly ready: number
  readonly acknowledged: number
}

const isIdle = ({ ready, acknowledged }: Channel): boolean => ready === acknowledged
const startsOf = (data: ReadonlyArray<string>): ReadonlyArray<Channel> =>
  data.flatMap((value) => [0, 1].map((bit) => ({ value, ready: bit, acknowledged: bit })))

export const asynchronousInterface = (data: ReadonlyArray<string>): Relation<Channel> => ({
  initial: startsOf(data),
  actions: {
    Send: (channel) =>
      isIdle(channel) ? data.map((value) => ({ value, ready: 1 - channel.ready })) : [],
    Rcv: (channel) => (isIdle(channel) ? [] : [{ acknowledged: 1 - channel.acknowledged }])
  },
  invariants: { TypeInvariant: ({ value }) => data.includes(value) },
  deadlock: true
})

interface Fifo {
  readonly in: Channel
  readonly out: Channel
  readonly q: ReadonlyArray<string>
}

/**
 * A sender, a buffer and a receiver. The buffer is unbounded: a constraint stops the search at
 * longer ones.
 */
export const innerFifo = (messages: ReadonlyArray<string>, longest: number): Relation<Fifo> => ({
  initial: startsOf(messages).flatMap((sent) =>
    startsOf(messages).map((out) => ({ in: sent, out, q: [] }))
  ),
  actions: {
    SSend: (state) =>
      isIdle(state.in)
        ? messages.map((value) => ({ in: { value, ready: 1 - state.in.ready } }))
        : [],
    BufRcv: (state) =>
      isIdle(state.in)
        ? []
        : [{ in: { acknowledged: 1 - state.in.acknowledged }, q: [...state.q, state.in.value] }],
    BufSend: ({ q, out }) =>
      q.length > 0 && isIdle(out)
        ? [{ q: q.slice(1), out: { value: q[0] as string, ready: 1 - out.ready } }]
        : [],
    RRcv: ({ out }) => (isIdle(out) ? [] : [{ out: { acknowledged: 1 - out.acknowledged } }])
  },
  invariants: { TypeInvariant: ({ q }) => q.every((one) => messages.includes(one)) },
  constraint: ({ q }) => q.length <= longest,
  deadlock: true
})

export interface Delivery {
  readonly sBit: number
  readonly sAck: number
  readonly rBit: number
  readonly sent: string
  readonly rcvd: string
}

const deliveries = (data: ReadonlyArray<string>): ReadonlyArray<Delivery> =>
  [0, 1].flatMap((bit) =>
    data.flatMap((sent) => data.map((rcvd) => ({ sBit: bit, sAck: bit, rBit: bit, sent, rcvd })))
  )

/**
 * The specification that the alternating bit protocol implements: a value is sent, received and
 * acknowledged, then the next.
 */
export const abCorrectness = (data: ReadonlyArray<string>): Relation<Delivery> => ({
  initial: deliveries(data),
  actions: {
    CSndNewValue: ({ sBit, sAck }) =>
      sAck === sBit ? data.map((sent) => ({ sent, sBit: 1 - sBit })) : [],
    CRcvMsg: ({ rBit, sBit, sent }) => (rBit === sBit ? [] : [{ rBit: sBit, rcvd: sent }]),
    CRcvAck: ({ rBit, sAck }) => (rBit === sAck ? [] : [{ sAck: rBit }])
  },
  invariants: { ABCTypeInv: ({ sent, rcvd }) => data.includes(sent) && data.includes(rcvd) },
  deadlock: true
})

export interface AlternatingBit extends Delivery {
  readonly msgQ: ReadonlyArray<readonly [bit: number, value: string]>
  readonly ackQ: ReadonlyArray<number>
}

const without = <Item>(items: ReadonlyArray<Item>, at: number) =>
  items.filter((_, other) => other !== at)

/** The protocol over lossy queues, which a constraint bounds. */
export const alternatingBitOf = (
  data: ReadonlyArray<string>,
  longest: number
): Relation<AlternatingBit> => ({
  initial: deliveries(data).map((delivery) => ({ ...delivery, msgQ: [], ackQ: [] })),
  actions: {
    SndNewValue: ({ sBit, sAck, msgQ }) =>
      sAck === sBit
        ? data.map((sent) => ({ sent, sBit: 1 - sBit, msgQ: [...msgQ, [1 - sBit, sent] as const] }))
        : [],
    ReSndMsg: ({ sBit, sAck, sent, msgQ }) =>
      sAck === sBit ? [] : [{ msgQ: [...msgQ, [sBit, sent] as const] }],
    RcvMsg: ({ msgQ: [first, ...rest] }) =>
      first === undefined ? [] : [{ msgQ: rest, rBit: first[0], rcvd: first[1] }],
    SndAck: ({ ackQ, rBit }) => [{ ackQ: [...ackQ, rBit] }],
    RcvAck: ({ ackQ: [first, ...rest] }) =>
      first === undefined ? [] : [{ ackQ: rest, sAck: first }],
    LoseMsg: ({ msgQ }) => msgQ.map((_, at) => ({ msgQ: without(msgQ, at) })),
    LoseAck: ({ ackQ }) => ackQ.map((_, at) => ({ ackQ: without(ackQ, at) }))
  },
  invariants: { ABTypeInv: ({ sent, rcvd }) => data.includes(sent) && data.includes(rcvd) },
  refines: {
    ABCSpec: {
      of: abCorrectness(data),
      by: ({ sBit, sAck, rBit, sent, rcvd }) => ({ sBit, sAck, rBit, sent, rcvd })
    }
  },
  fairness: { weak: ["ReSndMsg", "SndAck"], strong: ["RcvMsg", "RcvAck"] },
  leadsTo: Object.fromEntries(
    data.map((one) => [
      `${one} is received`,
      [
        ({ sent, sBit, sAck }: AlternatingBit) => sent === one && sBit !== sAck,
        ({ rcvd }: AlternatingBit) => rcvd === one
      ] as const
    ])
  ),
  constraint: ({ msgQ, ackQ }) => msgQ.length <= longest && ackQ.length <= longest,
  deadlock: true
})
