/**
 * What the model of dBQS adds to the models of a register: epochs, their replicas, and the
 * statements of storage nodes and clients about an epoch.
 */
import {
  and,
  exists,
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
import { faulty } from "../majority/model.ts"
import {
  axioms as axiomsOfRegister,
  operation,
  server,
  timestamp,
  value
} from "../register/history.ts"

type Of<Name extends string> = Term<Name>

export const epoch = sort("epoch")
export const quorum = sort("quorum")

/** Epochs are numbered from the first one on. */
const order = totalOrder("atMostEpoch", epoch)
export const { atMost: upTo, below: earlier } = order
export const first = constant("first", epoch)

/** One epoch comes directly before another. */
export const isNext = fixedRelation("isNext", epoch, epoch)

/** A storage node is in the replica group of an epoch. */
export const isReplica = fixedRelation("isReplica", server, epoch)
/**
 * It is a member of every group from the first of these epochs to the second: they belong to one
 * stint.
 */
export const throughout = fixedRelation("throughout", server, epoch, epoch)
/** 2f+1 of the group of an epoch. */
export const quorumOf = fixedRelation("quorumOf", quorum, epoch)
export const inQuorum = fixedRelation("inQuorum", server, quorum)

/** A storage node has entered an epoch; it has entered a later one. */
export const entered = relation("entered", server, epoch)
export const left = relation("left", server, epoch)
/** It has the data of an epoch. */
export const complete = relation("complete", server, epoch)
/**
 * It needs the data of the next epoch, and copies that of this one; the nodes that it has heard
 * from.
 */
export const copying = relation("copying", server, epoch)
export const heard = relation("heard", server, epoch, server)

/**
 * It announces that it has the data of an epoch, so that earlier replicas do not need to keep
 * theirs for it.
 */
export const said = relation("said", server, epoch)
/** History: it has erased the data that it had since it entered the epoch. */
export const erased = relation("erased", server, epoch)

/** The epoch of an operation; once the operation has ended, the epoch in which it ended. */
export const epochOf = partial("epochOf", [operation], [epoch])

/** All messages ever sent: the answers to a Get and to a Set in an epoch, and handovers. */
export const told = relation("told", operation, server, epoch, timestamp, value)
export const setReply = relation("setReply", operation, server, epoch)
export const handover = relation("handover", server, epoch, timestamp, value)

/** History: a storage node answered in this epoch, and had this timestamp then, or a larger one. */
export const kept = relation("kept", timestamp, server, epoch)
/** History: it had left the epoch when the operation was invoked. */
export const leftBefore = relation("leftBefore", operation, server, epoch)

export const isCorrect = (s: Of<"server">): Formula => not(faulty(s))

/** In each quorum of the epoch there is a correct storage node with this property. */
export const everyQuorumHas = (e: Of<"epoch">, claim: (s: Of<"server">) => Formula): Formula =>
  forall({ q: quorum }, ({ q }) =>
    implies(
      quorumOf(q, e),
      exists({ s: server }, ({ s }) => and(isCorrect(s), inQuorum(s, q), claim(s)))
    )
  )

/**
 * A timestamp can no longer rest on an epoch: in every quorum some node left it without having had
 * the timestamp. (While this is false, it may become true. Once it is true, it stays true.)
 */
export const cannotRestOn = (t: Of<"timestamp">, e: Of<"epoch">): Formula =>
  everyQuorumHas(e, (s) => and(left(s, e), not(kept(t, s, e))))

/**
 * A node that a timestamp resting on an epoch has reached: it kept the timestamp there, or is new
 * in the group since.
 */
export const isReached = (t: Of<"timestamp">, e: Of<"epoch">, s: Of<"server">): Formula =>
  or(kept(t, s, e), not(isReplica(s, e)))

/**
 * An epoch has ended: in every quorum some node has left it, so that no phase ends there any more.
 */
export const isOver = (e: Of<"epoch">): Formula => everyQuorumHas(e, (s) => left(s, e))

/**
 * Of two quorums, of the same or of different epochs, some correct storage node in the one is also
 * in the other, or is not in that other's group at all. (At most f members of each group lie. If
 * all correct members of a quorum are in another group of 3f+1, they are at least f+1, and a quorum
 * leaves out at most f of the correct members of the group.)
 */
const quorumsShare = forall({ q: quorum, e: epoch, r: quorum }, ({ q, e, r }) =>
  implies(
    quorumOf(q, e),
    exists({ s: server }, ({ s }) =>
      and(isCorrect(s), inQuorum(s, r), or(inQuorum(s, q), not(isReplica(s, e))))
    )
  )
)

export const axioms: Sentences = {
  ...axiomsOfRegister,
  ...order.axioms,
  "the first epoch is the least": isLeast(order, epoch, first),
  "one epoch is right before one other": forall({ e: epoch, d: epoch, f: epoch }, ({ e, d, f }) =>
    implies(isNext(e, d), and(earlier(e, d), or(upTo(f, e), upTo(d, f))))
  ),
  "a quorum is of the group": forall({ s: server, q: quorum, e: epoch }, ({ s, q, e }) =>
    implies(and(quorumOf(q, e), inQuorum(s, q)), isReplica(s, e))
  ),
  "a node in the group throughout is in it in between": forall(
    { s: server, b: epoch, f: epoch, d: epoch },
    ({ s, b, f, d }) =>
      and(
        implies(isReplica(s, b), throughout(s, b, b)),
        implies(
          throughout(s, b, d),
          and(
            upTo(b, d),
            implies(and(upTo(b, f), upTo(f, d)), and(isReplica(s, f), throughout(s, b, f)))
          )
        )
      )
  ),
  "any two quorums share a correct storage node, unless one is new to the other's group":
    quorumsShare
}
