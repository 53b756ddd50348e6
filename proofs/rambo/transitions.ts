/**
 * The transitions of reconfiguration along a sequence, named as the functions of `spec/rambo/`.
 * Where the executable does in one step what a cmap brings and what the answer says, they are two
 * here: `learn` or `restart`, and then the answer.
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
  argument,
  atMost,
  below,
  bottom,
  chose,
  client,
  clientOf,
  done,
  getting,
  invoked,
  isIdle,
  isWrite,
  noteInvocation,
  operation,
  owner,
  server,
  setting,
  timestamp,
  value,
  written,
  zero
} from "../register/history.ts"
import type { Rules } from "./rules.ts"
import {
  ack,
  acknowledged,
  after,
  answered,
  collected,
  earlier,
  forward,
  found,
  getAsked,
  getReply,
  holds,
  ifItMayRest,
  index,
  inRead,
  inWrite,
  isActive,
  isLarger,
  isNext,
  low,
  mapAt,
  mapOf,
  pointerAsked,
  pointerReply,
  pointerStored,
  readQuorum,
  rest,
  retired,
  retiredBefore,
  retireSent,
  setAsked,
  setReply,
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

/**
 * What the models need to know of the sequence: the quorums at each place of it, and what a client
 * may append.
 */
export interface Sequence {
  readonly isRead: (r: Term<"readQuorum">, c: Index) => Formula
  readonly isWrite: (w: Term<"writeQuorum">, c: Index) => Formula
  /** That there is a configuration at this place, which a client has learned to be the next. */
  readonly isContinued: (c: Index) => Formula
  readonly notes: Notes
}

/** What is noted of history, for the invariant. */
export interface Notes {
  /** A storage node has acknowledged a tag; the last place that it knows of is given. */
  readonly acknowledges: (
    t: Term<"timestamp">,
    s: Term<"server">,
    high: Index
  ) => ReadonlyArray<Update>
  /** It knows of this place from now on. */
  readonly learns: (s: Term<"server">, high: Index) => ReadonlyArray<Update>
  /** That it has the forward pointer of the configuration at this place. */
  readonly isPointer: (s: Term<"server">, c: Index) => Formula
  /**
   * The claim, where a tag may rest on the configuration at this place alone (see `ifItMayRest`).
   */
  readonly ifItMayRest: (claim: (d: Index, t: Term<"timestamp">) => Formula) => Formula
}

/** As places tell: a storage node knows of a later one, or does not. */
export const notesOfPlaces = (isWriteQuorum: Sequence["isWrite"]): Notes => ({
  acknowledges: (t, s, high) => [ack.addWhere((u, x, c) => and(eq(u, t), eq(x, s), upTo(high, c)))],
  learns: (s, high) => [after.addWhere((x, c) => and(eq(x, s), earlier(c, high)))],
  isPointer: after,
  ifItMayRest: (claim) => ifItMayRest(isWriteQuorum, claim)
})

/**
 * A read quorum of every configuration that is active in the cmap has answered; a write quorum has
 * acknowledged.
 */
const heardByAll = ({ isRead }: Sequence, l: Index, h: Index, o: Term<"operation">): Formula =>
  forall({ c: index }, ({ c }) =>
    implies(
      isActive(l, h, c),
      exists({ r: readQuorum }, ({ r }) =>
        and(
          isRead(r, c),
          forall({ s: server }, ({ s }) => implies(inRead(s, r), answered(o, s)))
        )
      )
    )
  )
const acknowledgedByAll = (
  { isWrite: isWriteQuorum }: Sequence,
  l: Index,
  h: Index,
  o: Term<"operation">
): Formula =>
  forall({ c: index }, ({ c }) =>
    implies(
      isActive(l, h, c),
      exists({ w: writeQuorum }, ({ w }) =>
        and(
          isWriteQuorum(w, c),
          forall({ s: server }, ({ s }) => implies(inWrite(s, w), acknowledged(o, s)))
        )
      )
    )
  )

/**
 * Reads and writes: `get-phase.ts`, `set-phase.ts`, `fixed-point.ts`, `client.ts` and `server.ts`
 * in `spec/rambo/`.
 */
export const accessTransitions = (sequence: Sequence, rules: Rules): Transitions => ({
  invoke: transition({ o: operation, l: index, h: index }, ({ o, l, h }) => ({
    when: [not(invoked(o)), isIdle(clientOf(o)), mapOf(clientOf(o), l, h)],
    does: [
      ...noteInvocation(o),
      getting.add(o),
      found.put([o], [zero, bottom]),
      getAsked.add(o, l),
      retiredBefore.addWhere((b, c) => and(eq(b, o), retired(c)))
    ]
  })),
  receiveGet: transition(
    { o: operation, e: index, s: server, t: timestamp, v: value, l: index, h: index },
    ({ o, e, s, t, v, l, h }) => ({
      when: [getAsked(o, e), holds(s, t, v), mapAt(s, l, h)],
      does: [getReply.add(o, e, s, t, v, l, h), told.add(l, h)]
    })
  ),
  /** An answer that tells nothing new counts. (What it told has been learned before.) */
  receiveGetReply: transition(
    {
      o: operation,
      s: server,
      t: timestamp,
      v: value,
      toldLow: index,
      toldHigh: index,
      l: index,
      h: index,
      had: timestamp,
      hadValue: value
    },
    ({ o, s, t, v, toldLow, toldHigh, l, h, had, hadValue }) => ({
      when: [
        getting(o),
        mapOf(clientOf(o), l, h),
        getReply(o, l, s, t, v, toldLow, toldHigh),
        ...(rules.hears ? [upTo(toldLow, l), upTo(toldHigh, h)] : []),
        found(o, had, hadValue)
      ],
      does: [answered.add(o, s), provided(not(atMost(t, had)), found.put([o], [t, v]))]
    })
  ),
  startSetOfRead: transition(
    { o: operation, l: index, h: index, t: timestamp, v: value },
    ({ o, l, h, t, v }) => ({
      when: [
        getting(o),
        not(isWrite(o)),
        mapOf(clientOf(o), l, h),
        found(o, t, v),
        heardByAll(sequence, l, h, o)
      ],
      does: [getting.remove(o), setting.add(o), chose.put([o], [t, v]), setAsked.add(o, l)]
    })
  ),
  startSetOfWrite: transition(
    { o: operation, l: index, h: index, had: timestamp, hadValue: value, t: timestamp },
    ({ o, l, h, had, hadValue, t }) => ({
      when: [
        getting(o),
        isWrite(o),
        mapOf(clientOf(o), l, h),
        found(o, had, hadValue),
        heardByAll(sequence, l, h, o),
        below(had, t),
        eq(owner(t), clientOf(o))
      ],
      does: [
        getting.remove(o),
        setting.add(o),
        chose.put([o], [t, argument(o)]),
        written.add(t, argument(o)),
        setAsked.add(o, l)
      ]
    })
  ),
  receiveSet: transition(
    {
      o: operation,
      e: index,
      s: server,
      t: timestamp,
      v: value,
      had: timestamp,
      hadValue: value,
      l: index,
      h: index
    },
    ({ o, e, s, t, v, had, hadValue, l, h }) => ({
      when: [setAsked(o, e), chose(o, t, v), holds(s, had, hadValue), mapAt(s, l, h)],
      does: [
        provided(not(atMost(t, had)), holds.put([s], [t, v])),
        setReply.add(o, e, s, l, h),
        told.add(l, h),
        ...sequence.notes.acknowledges(t, s, h)
      ]
    })
  ),
  receiveSetReply: transition(
    { o: operation, s: server, toldLow: index, toldHigh: index, l: index, h: index },
    ({ o, s, toldLow, toldHigh, l, h }) => ({
      when: [
        setting(o),
        mapOf(clientOf(o), l, h),
        setReply(o, l, s, toldLow, toldHigh),
        ...(rules.hears && rules.extendsSetPhase ? [upTo(toldLow, l), upTo(toldHigh, h)] : [])
      ],
      does: [acknowledged.add(o, s)]
    })
  ),
  finish: transition(
    { o: operation, l: index, h: index, t: timestamp, v: value },
    ({ o, l, h, t, v }) => ({
      when: [
        setting(o),
        mapOf(clientOf(o), l, h),
        chose(o, t, v),
        acknowledgedByAll(sequence, l, h, o)
      ],
      does: [setting.remove(o), done.add(o), rest.put([o], [l, h])]
    })
  )
})

/**
 * What a cmap brings to a client, from whatever answer: `receiveMap` in `fixed-point.ts`,
 * `garbage-collection.ts` and `next-configuration.ts`.
 */
export const learningTransitions = ({ restarts }: Rules): Transitions => ({
  /** A later configuration. */
  learn: transition(
    { p: client, l: index, h: index, toldLow: index, toldHigh: index },
    ({ p, l, h, toldLow, toldHigh }) => ({
      when: [mapOf(p, l, h), told(toldLow, toldHigh), upTo(toldLow, l), earlier(h, toldHigh)],
      does: [mapOf.put([p], [l, toldHigh])]
    })
  ),
  /**
   * That configurations are retired: the phase under way restarts, and a reconfiguration is given
   * up or goes on later.
   */
  restart: transition(
    { p: client, l: index, h: index, toldLow: index, toldHigh: index, high: index },
    ({ p, l, h, toldLow, toldHigh, high }) => ({
      when: [
        mapOf(p, l, h),
        told(toldLow, toldHigh),
        earlier(l, toldLow),
        isLarger(h, toldHigh, high)
      ],
      does: [
        mapOf.put([p], [toldLow, high]),
        ...(restarts
          ? [
              answered.removeWhere((o) => and(eq(clientOf(o), p), getting(o))),
              found.removeWhere((o) => and(eq(clientOf(o), p), getting(o))),
              found.addWhere((o, t, v) =>
                and(eq(clientOf(o), p), getting(o), eq(t, zero), eq(v, bottom))
              ),
              acknowledged.removeWhere((o) => and(eq(clientOf(o), p), setting(o)))
            ]
          : []),
        getAsked.addWhere((o, e) => and(eq(clientOf(o), p), getting(o), eq(e, toldLow))),
        setAsked.addWhere((o, e) => and(eq(clientOf(o), p), setting(o), eq(e, toldLow))),
        storingPointer.clear(p),
        transferringState.clear(p)
      ]
    })
  )
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
  /** Action 1: its cmap goes to the storage nodes of the configurations before the goal. */
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
  /** Action 2, once the forward pointer is stored: what was collected is set at the goal. */
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
  /** After both actions what is before the goal is retired, and its storage nodes are told. */
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
   * A storage node is asked for its cmap, or answers a question about something else: it tells the
   * cmap.
   */
  receiveAskMap: transition({ s: server, l: index, h: index }, ({ s, l, h }) => ({
    when: [mapAt(s, l, h)],
    does: [told.add(l, h)]
  }))
})

/**
 * A read and a write quorum of each configuration before the goal, in which Action 1 is done, has
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
