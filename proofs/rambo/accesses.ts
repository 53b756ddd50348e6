/**
 * Reads and writes along a sequence, and what their cmaps learn; transitions have the names of the
 * functions of `spec/rambo/`. A step of the executable that uses both the cmap and the contents of
 * an answer is two transitions here: `learn` or `restart`, and then the answer.
 */
import { and, eq, exists, type Formula, forall, implies, not, type Term } from "../logic/formula.ts"
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
  acknowledged,
  answered,
  earlier,
  found,
  getAsked,
  getReply,
  holder,
  holds,
  index,
  inRead,
  inWrite,
  isActive,
  isLarger,
  mapAt,
  mapOf,
  readQuorum,
  rest,
  retired,
  retiredBefore,
  setAsked,
  setReply,
  storingPointer,
  told,
  transferringState,
  upTo,
  writeQuorum
} from "./state.ts"

import type { Sequence } from "./transitions.ts"

type Index = Term<"index">
type Transitions = Readonly<Record<string, Transition>>

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
 * In one step of the Get phase: the nodes that hold the pair found afterwards. (`holders.ts` in
 * `spec/register/`.) Like an acknowledgement, an answer also reports what its sender has stored.
 */
const rememberingHolders = ({ returnsAtOnce }: Rules) => {
  const isKept = returnsAtOnce !== undefined
  const kept = (...updates: ReadonlyArray<Update>) => (isKept ? updates : [])
  return {
    answering: (
      { notes }: Sequence,
      t: Term<"timestamp">,
      s: Term<"server">,
      high: Index
    ): ReadonlyArray<Update> => kept(...(isKept ? notes.acknowledges(t, s, high) : [])),
    counting: (
      o: Term<"operation">,
      s: Term<"server">,
      t: Term<"timestamp">,
      had: Term<"timestamp">
    ): ReadonlyArray<Update> =>
      kept(
        holder.removeWhere((a) => and(eq(a, o), below(had, t))),
        holder.addWhere((a, x) => and(eq(a, o), eq(x, s), atMost(had, t)))
      ),
    restarting: (p: Term<"client">): ReadonlyArray<Update> =>
      kept(holder.removeWhere((o) => and(eq(clientOf(o), p), getting(o))))
  }
}

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
      does: [
        getReply.add(o, e, s, t, v, l, h),
        told.add(l, h),
        ...rememberingHolders(rules).answering(sequence, t, s, h)
      ]
    })
  ),
  /** An answer without news counts. (The client has already learned its news.) */
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
      does: [
        answered.add(o, s),
        provided(not(atMost(t, had)), found.put([o], [t, v])),
        ...rememberingHolders(rules).counting(o, s, t, had)
      ]
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
  ),
  ...finishingAtOnce(sequence, rules)
})

/**
 * A read returns what its Get phase found, because it is stored already: the nodes that answered
 * with that pair have acknowledged it, with the cmap of the answer. So the tag rests where the Get
 * phase ended.
 */
const finishingAtOnce = (sequence: Sequence, { returnsAtOnce }: Rules): Transitions =>
  returnsAtOnce === undefined
    ? {}
    : {
        finishAtOnce: transition(
          { o: operation, l: index, h: index, t: timestamp, v: value },
          ({ o, l, h, t, v }) => ({
            when: [
              getting(o),
              not(isWrite(o)),
              mapOf(clientOf(o), l, h),
              found(o, t, v),
              heardByAll(sequence, l, h, o),
              returnsAtOnce(
                (c) => isActive(l, h, c),
                (c) =>
                  exists({ w: writeQuorum }, ({ w }) =>
                    and(
                      sequence.isWrite(w, c),
                      forall({ s: server }, ({ s }) => implies(inWrite(s, w), holder(o, s)))
                    )
                  ),
                (c) =>
                  exists({ r: readQuorum }, ({ r }) =>
                    and(
                      sequence.isRead(r, c),
                      forall({ s: server }, ({ s }) => implies(inRead(s, r), holder(o, s)))
                    )
                  )
              )
            ],
            does: [
              getting.remove(o),
              done.add(o),
              chose.put([o], [t, v]),
              acknowledged.addWhere((a, s) => and(eq(a, o), holder(o, s))),
              rest.put([o], [l, h])
            ]
          })
        )
      }

/**
 * What a client learns from a cmap, in any answer: `receiveMap` in `fixed-point.ts`,
 * `garbage-collection.ts` and `next-configuration.ts`.
 */
export const learningTransitions = (rules: Rules): Transitions => ({
  /** A later configuration. */
  learn: transition(
    { p: client, l: index, h: index, toldLow: index, toldHigh: index },
    ({ p, l, h, toldLow, toldHigh }) => ({
      when: [mapOf(p, l, h), told(toldLow, toldHigh), upTo(toldLow, l), earlier(h, toldHigh)],
      does: [mapOf.put([p], [l, toldHigh])]
    })
  ),
  /**
   * That configurations are retired: the current phase restarts, and a reconfiguration is given up
   * or continues later.
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
        ...(rules.restarts
          ? [
              answered.removeWhere((o) => and(eq(clientOf(o), p), getting(o))),
              found.removeWhere((o) => and(eq(clientOf(o), p), getting(o))),
              found.addWhere((o, t, v) =>
                and(eq(clientOf(o), p), getting(o), eq(t, zero), eq(v, bottom))
              ),
              acknowledged.removeWhere((o) => and(eq(clientOf(o), p), setting(o))),
              ...rememberingHolders(rules).restarting(p)
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
