/**
 * Reconfiguration along a sequence, with the names of the functions of `spec/rambo/`, and what all
 * transitions use of the sequence. (`accesses.ts` has reads and writes.)
 */
import {
  and,
  eq,
  exists,
  type Formula,
  forall,
  implies,
  not,
  type Term,
  truth
} from "../logic/formula.ts"
import { type Transition, transition } from "../logic/model.ts"
import { provided, type Update } from "../logic/symbols.ts"
import {
  atMost,
  bottom,
  client,
  isIdle,
  server,
  timestamp,
  value,
  zero
} from "../register/history.ts"
import type { Rules } from "./rules.ts"
import {
  ack,
  after,
  collected,
  earlier,
  forward,
  holds,
  ifItMayRest,
  index,
  inRead,
  inWrite,
  isLarger,
  isNext,
  low,
  mapAt,
  mapOf,
  pointerAsked,
  pointerReply,
  pointerStored,
  readQuorum,
  retired,
  retireSent,
  stateStored,
  storingPointer,
  told,
  transfer,
  transferReply,
  transferredTo,
  transferringState,
  upTo,
  writeQuorum
} from "./state.ts"

type Index = Term<"index">
type Transitions = Readonly<Record<string, Transition>>

/** What the models use of the sequence: the quorums at each place, and what a client may append. */
export interface Sequence {
  readonly isRead: (r: Term<"readQuorum">, c: Index) => Formula
  readonly isWrite: (w: Term<"writeQuorum">, c: Index) => Formula
  /** There is a configuration at this place, which a client has learned to be the next. */
  readonly isContinued: (c: Index) => Formula
  readonly notes: Notes
}

/** The history that transitions record, for the invariant. */
export interface Notes {
  /** A storage node has acknowledged a tag; the argument is the last place that it knows of. */
  readonly acknowledges: (
    t: Term<"timestamp">,
    s: Term<"server">,
    high: Index
  ) => ReadonlyArray<Update>
  /** It knows of this place from now on. */
  readonly learns: (s: Term<"server">, high: Index) => ReadonlyArray<Update>
  /** The node has the forward pointer of the configuration at this place. */
  readonly isPointer: (s: Term<"server">, c: Index) => Formula
  /** The claim, if a tag may rest on the configuration at this place alone (see `ifItMayRest`). */
  readonly ifItMayRest: (claim: (d: Index, t: Term<"timestamp">) => Formula) => Formula
}

/** By places: a storage node knows of a later one, or does not. */
export const notesOfPlaces = (isWriteQuorum: Sequence["isWrite"]): Notes => ({
  acknowledges: (t, s, high) => [ack.addWhere((u, x, c) => and(eq(u, t), eq(x, s), upTo(high, c)))],
  learns: (s, high) => [after.addWhere((x, c) => and(eq(x, s), earlier(c, high)))],
  isPointer: after,
  ifItMayRest: (claim) => ifItMayRest(isWriteQuorum, claim)
})

/**
 * Reconfiguration: `next-configuration.ts`, `forward-pointer.ts`, `state-transfer.ts`,
 * `garbage-collection.ts` and `server.ts`.
 */
export const reconfigurationTransitions = (sequence: Sequence, rules: Rules): Transitions => ({
  /** A client continues its sequence with the next configuration. */
  append: transition({ p: client, l: index, h: index, n: index }, ({ p, l, h, n }) => ({
    when: [mapOf(p, l, h), isNext(h, n), sequence.isContinued(n)],
    does: [mapOf.put([p], [l, n])]
  })),
  /**
   * Action 1: the reconfigurer sends its cmap to the storage nodes of the configurations before the
   * goal.
   */
  startPointer: transition({ p: client, l: index, h: index, n: index }, ({ p, l, h, n }) => ({
    when: [mapOf(p, l, h), earlier(l, n), upTo(n, h), rules.nextOldest(l, n)],
    does: [
      storingPointer.put([p], [n]),
      pointerStored.removeWhere((q) => eq(q, p)),
      collected.put([p], [zero, bottom]),
      transferringState.clear(p),
      pointerAsked.add(p, l, h)
    ]
  })),
  receiveStorePointer: transition(
    {
      p: client,
      e: index,
      g: index,
      s: server,
      t: timestamp,
      v: value,
      l: index,
      h: index,
      newLow: index,
      newHigh: index
    },
    ({ p, e, g, s, t, v, l, h, newLow, newHigh }) => ({
      when: [
        pointerAsked(p, e, g),
        holds(s, t, v),
        mapAt(s, l, h),
        isLarger(e, l, newLow),
        isLarger(g, h, newHigh)
      ],
      does: [
        mapAt.put([s], [newLow, newHigh]),
        ...sequence.notes.learns(s, newHigh),
        pointerReply.add(p, e, s, t, v, newLow, newHigh),
        told.add(newLow, newHigh)
      ]
    })
  ),
  receivePointerStored: transition(
    {
      p: client,
      s: server,
      t: timestamp,
      v: value,
      toldLow: index,
      toldHigh: index,
      l: index,
      h: index,
      n: index,
      had: timestamp,
      hadValue: value
    },
    ({ p, s, t, v, toldLow, toldHigh, l, h, n, had, hadValue }) => ({
      when: [
        storingPointer(p, n),
        mapOf(p, l, h),
        pointerReply(p, l, s, t, v, toldLow, toldHigh),
        upTo(n, toldHigh),
        upTo(toldLow, l),
        upTo(toldHigh, h),
        collected(p, had, hadValue)
      ],
      does: [
        pointerStored.add(p, s),
        ...(rules.looksAtAnswers ? [provided(not(atMost(t, had)), collected.put([p], [t, v]))] : [])
      ]
    })
  ),
  /**
   * Action 2, once the forward pointer is stored: the reconfigurer sets the collected pair at the
   * goal.
   */
  startTransfer: transition(
    { p: client, l: index, h: index, n: index, t: timestamp, v: value },
    ({ p, l, h, n, t, v }) => ({
      when: [
        storingPointer(p, n),
        mapOf(p, l, h),
        collected(p, t, v),
        isPointerStoredInAll(sequence, rules, p, l, n)
      ],
      does: [
        storingPointer.clear(p),
        transferringState.put([p], [n, t, v]),
        stateStored.removeWhere((q) => eq(q, p)),
        transfer.add(p, n, t, v)
      ]
    })
  ),
  receiveSetOfTransfer: transition(
    {
      p: client,
      n: index,
      s: server,
      t: timestamp,
      v: value,
      had: timestamp,
      hadValue: value,
      l: index,
      h: index
    },
    ({ p, n, s, t, v, had, hadValue, l, h }) => ({
      when: [transfer(p, n, t, v), holds(s, had, hadValue), mapAt(s, l, h)],
      does: [
        provided(not(atMost(t, had)), holds.put([s], [t, v])),
        transferReply.add(p, n, s, t, l, h),
        told.add(l, h)
      ]
    })
  ),
  receiveSetReplyOfTransfer: transition(
    { p: client, n: index, s: server, t: timestamp, v: value, toldLow: index, toldHigh: index },
    ({ p, n, s, t, v, toldLow, toldHigh }) => ({
      when: [transferringState(p, n, t, v), transferReply(p, n, s, t, toldLow, toldHigh)],
      does: [stateStored.add(p, s)]
    })
  ),
  /**
   * After both actions the reconfigurer retires the configurations before the goal, and informs
   * their storage nodes.
   */
  startRetire: transition(
    {
      p: client,
      l: index,
      h: index,
      n: index,
      t: timestamp,
      v: value,
      r: readQuorum,
      w: writeQuorum
    },
    ({ p, l, h, n, t, v, r, w }) => ({
      when: [
        transferringState(p, n, t, v),
        mapOf(p, l, h),
        isIdle(p),
        sequence.isRead(r, n),
        sequence.isWrite(w, n),
        rules.transfersFirst
          ? and(
              forall({ s: server }, ({ s }) => implies(inRead(s, r), stateStored(p, s))),
              forall({ s: server }, ({ s }) => implies(inWrite(s, w), stateStored(p, s)))
            )
          : truth
      ],
      does: [
        transferringState.clear(p),
        mapOf.put([p], [n, h]),
        retireSent.add(n, h),
        low.add(n),
        retired.addWhere((c) => earlier(c, n)),
        forward.addWhere((c, s) =>
          and(earlier(c, n), not(retired(c)), sequence.notes.isPointer(s, c))
        ),
        provided(
          not(low(n)),
          transferredTo.addWhere((c, s) => and(eq(c, n), stateStored(p, s)))
        )
      ]
    })
  ),
  receiveRetire: transition(
    { e: index, g: index, s: server, l: index, h: index, newLow: index, newHigh: index },
    ({ e, g, s, l, h, newLow, newHigh }) => ({
      when: [retireSent(e, g), mapAt(s, l, h), isLarger(e, l, newLow), isLarger(g, h, newHigh)],
      does: [
        mapAt.put([s], [newLow, newHigh]),
        ...sequence.notes.learns(s, newHigh),
        told.add(newLow, newHigh)
      ]
    })
  ),
  /**
   * A storage node receives a request for its cmap, or answers a question about something else: it
   * sends the cmap.
   */
  receiveAskMap: transition({ s: server, l: index, h: index }, ({ s, l, h }) => ({
    when: [mapAt(s, l, h)],
    does: [told.add(l, h)]
  }))
})

/**
 * A read and a write quorum of each configuration before the goal in which Action 1 happens have
 * stored the pointer.
 */
const isPointerStoredInAll = (
  { isRead, isWrite: isWriteQuorum }: Sequence,
  { isPointerStored, pointsIn, points }: Rules,
  p: Term<"client">,
  l: Index,
  n: Index
): Formula =>
  forall({ c: index }, ({ c }) =>
    implies(
      and(upTo(l, c), earlier(c, n), pointsIn(c, n)),
      points
        ? and(
            exists({ r: readQuorum }, ({ r }) =>
              and(
                isRead(r, c),
                isPointerStored(
                  (s) => inRead(s, r),
                  (s) => pointerStored(p, s)
                )
              )
            ),
            exists({ w: writeQuorum }, ({ w }) =>
              and(
                isWriteQuorum(w, c),
                isPointerStored(
                  (s) => inWrite(s, w),
                  (s) => pointerStored(p, s)
                )
              )
            )
          )
        : truth
    )
  )
