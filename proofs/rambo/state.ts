/**
 * The symbols of the models of reconfiguration along a sequence (`spec/rambo/`). A cmap is two
 * indices: of the oldest active configuration and of the latest known one.
 */

import { inRead, inWrite, readQuorum, writeQuorum } from "../consensus/model.ts"
import {
  and,
  eq,
  type Formula,
  forall,
  implies,
  not,
  or,
  sort,
  type Term
} from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import {
  constant,
  fixedRelation,
  isLeast,
  partial,
  relation,
  totalOrder
} from "../logic/symbols.ts"
import { client, operation, server, timestamp, value } from "../register/history.ts"

export { inRead, inWrite, readQuorum, writeQuorum }

/** The places in the sequence, in order; the first one. */
export const index = sort("index")
export const indexOrder = totalOrder("atMostIndex", index)
export const first = constant("first", index)
type Index = Term<"index">
export const upTo = indexOrder.atMost
export const earlier = indexOrder.below

/**
 * The second comes directly after the first. (A relation, with its consequences as an axiom: as a
 * premise, "nothing is between" would claim an index for each index.)
 */
export const isNext = fixedRelation("isNext", index, index)
export const indexAxioms: Sentences = {
  ...indexOrder.axioms,
  "the first place comes first": isLeast(indexOrder, index, first),
  "the next place is later, and nothing is between": forall(
    { i: index, j: index, k: index },
    ({ i, j, k }) => implies(isNext(i, j), and(earlier(i, j), or(upTo(k, i), upTo(j, k))))
  )
}
/** From the oldest active configuration to the latest known one. */
export const isActive = (l: Index, h: Index, c: Index): Formula => and(upTo(l, c), upTo(c, h))
/** The third is the larger of the first two. */
export const isLarger = (i: Index, j: Index, larger: Index): Formula =>
  or(and(upTo(i, j), eq(larger, j)), and(upTo(j, i), eq(larger, i)))

/** The quorums of a configuration, by its place in the sequence, if the sequence is agreed upon. */
export const readOf = fixedRelation("readOf", readQuorum, index)
export const writeOf = fixedRelation("writeOf", writeQuorum, index)

/** Storage nodes: the pair and the cmap. */
export const holds = partial("holds", [server], [timestamp, value])
export const mapAt = partial("mapAt", [server], [index, index])
/** Clients: the cmap. */
export const mapOf = partial("mapOf", [client], [index, index])

/**
 * The Get phase of an operation, since it began or restarted: the nodes that have answered, and the
 * pair found; the Set phase: the nodes that have answered.
 */
export const answered = relation("answered", operation, server)
export const found = partial("found", [operation], [timestamp, value])
/**
 * For a Get phase whose operation may return at its end: the nodes that have answered with the pair
 * found.
 */
export const holder = relation("holder", operation, server)
export const acknowledged = relation("acknowledged", operation, server)

/**
 * Action 1, to retire the configurations before a goal: the nodes that received the pointer, and
 * the pair collected there.
 */
export const storingPointer = partial("storingPointer", [client], [index])
export const pointerStored = relation("pointerStored", client, server)
export const collected = partial("collected", [client], [timestamp, value])
/** Action 2: the goal and the pair to set there; the nodes that have it. */
export const transferringState = partial("transferringState", [client], [index, timestamp, value])
export const stateStored = relation("stateStored", client, server)

/**
 * All messages ever sent. The first index of a question and its answers: the oldest active
 * configuration at that time.
 */
export const getAsked = relation("getAsked", operation, index)
export const getReply = relation(
  "getReply",
  operation,
  index,
  server,
  timestamp,
  value,
  index,
  index
)
export const setAsked = relation("setAsked", operation, index)
export const setReply = relation("setReply", operation, index, server, index, index)
export const pointerAsked = relation("pointerAsked", client, index, index)
export const pointerReply = relation(
  "pointerReply",
  client,
  index,
  server,
  timestamp,
  value,
  index,
  index
)
/** A pair that is set in the configuration with this index, on behalf of those before it. */
export const transfer = relation("transfer", client, index, timestamp, value)
export const transferReply = relation(
  "transferReply",
  client,
  index,
  server,
  timestamp,
  index,
  index
)
export const retireSent = relation("retireSent", index, index)
/** The cmaps in answers. */
export const told = relation("told", index, index)

/*
 * History that the invariant speaks of. Each is what it is for good once it is; so nothing has to
 * be said of how things were before, and no induction over configurations is needed.
 */

/** The storage node knows some configuration after this one. */
export const after = relation("after", server, index)
/** It has acknowledged this tag while it knew of no configuration after this one. */
export const ack = relation("ack", timestamp, server, index)
/**
 * Some node has had this configuration as the oldest active one; some node has known it to be
 * retired.
 */
export const low = relation("low", index)
export const retired = relation("retired", index)
/**
 * The nodes that knew of a later configuration when this one was first retired: they have its
 * forward pointer.
 */
export const forward = relation("forward", index, server)
/**
 * The nodes that had received the state when this configuration first became the oldest active one.
 */
export const transferredTo = relation("transferredTo", index, server)
/** The configuration was already retired when the operation was invoked. */
export const retiredBefore = relation("retiredBefore", operation, index)
/**
 * The cmap with which the Set phase of an operation ended: the tag rests on the configurations that
 * are active there.
 */
export const rest = partial("rest", [operation], [index, index])

/**
 * If the tag may rest on the configuration alone, the claim holds. It may *not* if in every write
 * quorum of the configuration some storage node knew of a later one before it acknowledged the tag:
 * then the client that set the tag there has learned of the later one.
 *
 * That a tag may rest on a configuration can become false, and then never becomes true again. So
 * claims that hold where it may, and are preserved otherwise, are stable.
 */
export const ifItMayRest = (
  isWrite: (w: Term<"writeQuorum">, c: Index) => Formula,
  claim: (d: Index, t: Term<"timestamp">) => Formula
): Formula =>
  forall({ d: index, t: timestamp, w: writeQuorum }, ({ d, t, w }) =>
    implies(
      isWrite(w, d),
      or(
        not(
          forall({ s: server }, ({ s }) => implies(and(inWrite(s, w), after(s, d)), ack(t, s, d)))
        ),
        claim(d, t)
      )
    )
  )
