/**
 * What the model of forgetting speaks of: configurations by number, the keys of storage nodes, what
 * the adversary knows of them, and who has stopped.
 */
import { and, exists, type Formula, forall, implies, sort, type Term } from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import {
  constant,
  fixedRelation,
  isLeast,
  partial,
  relation,
  totalFunction,
  totalOrder
} from "../logic/symbols.ts"
import { server } from "../register/history.ts"

/** The number of a configuration. */
export const number = sort("number")
export const first = constant("first", number)
export const order = totalOrder("atMostNumber", number)
export const upTo = order.atMost
export const earlier = order.below
/** The second comes directly after the first, and so is later. */
export const isNext = fixedRelation("isNext", number, number)
export const isMember = fixedRelation("isMember", server, number)

/** Super-majorities of a configuration. */
export const quorum = sort("quorum")
export const quorumOf = fixedRelation("quorumOf", quorum, number)
export const inQuorum = fixedRelation("inQuorum", server, quorum)

/** The nonce of a phase of a client, and the configuration in which it is asked. */
export const nonce = sort("nonce")
export const numberOf = totalFunction("numberOf", [nonce], number)

export const axioms: Sentences = {
  ...order.axioms,
  "the first configuration comes first": isLeast(order, number, first),
  "what is next is later": forall({ n: number, m: number }, ({ n, m }) =>
    implies(isNext(n, m), earlier(n, m))
  )
}

/** A storage node: the latest configuration that it knows, those that are before it, its keys. */
export const viewOf = partial("viewOf", [server], [number])
export const past = relation("past", server, number)
/**
 * Its symmetric key is that of this configuration, or leads to it: what is hashed once more is that
 * of the next.
 */
export const leadsTo = relation("leadsTo", server, number)
export const hasSymmetric = relation("hasSymmetric", server)
/** It has its private key of this configuration. */
export const possesses = relation("possesses", server, number)

/** The adversary: whom it has taken over, and the keys that it knows. */
export const faulty = relation("faulty", server)
export const knowsSymmetric = relation("knowsSymmetric", server, number)
export const knowsPrivate = relation("knowsPrivate", server, number)

/** The administrator: the configuration that it chose last, and who of it has stopped. */
export const current = partial("current", [], [number])
export const stopping = relation("stopping")
export const hasStopped = relation("hasStopped", server)

/** Clients: the phases that were begun, whose answers count, and that are over. */
export const asked = relation("asked", nonce)
export const counted = relation("counted", nonce, server)
export const ended = relation("ended", nonce)

/**
 * Messages that were ever sent: NEW_VIEW of this configuration, and the private key that it brings
 * to a storage node, encrypted with the symmetric key of that time; answers that are proved with
 * the private key of the configuration.
 */
export const newView = relation("newView", number)
export const sealed = relation("sealed", server, number)
export const answered = relation("answered", nonce, server)
export const stopped = relation("stopped", server, number)

/*
 * History.
 */

/** The storage node was taken over in time for this configuration: before it was past it. */
export const takenInTime = relation("takenInTime", server, number)
/** The configuration is over, and these members were heard to have stopped by then. */
export const forgotten = relation("forgotten", number)
export const forgottenBy = relation("forgottenBy", number, server)
/** The phase was begun in a configuration that was forgotten already. */
export const late = relation("late", nonce)

/** What holds of any two super-majorities of a configuration. */
export const anyTwoQuorumsShare = (
  which: (s: Term<"server">, n: Term<"number">) => Formula
): Formula =>
  forall({ n: number, q: quorum, r: quorum }, ({ n, q, r }) =>
    implies(
      and(quorumOf(q, n), quorumOf(r, n)),
      exists({ s: server }, ({ s }) => and(inQuorum(s, q), inQuorum(s, r), which(s, n)))
    )
  )
