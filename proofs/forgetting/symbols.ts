/**
 * The symbols of the model of forgetting: configurations by number, the keys of storage nodes, the
 * adversary's knowledge of them, and the nodes that have stopped.
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
/** The second comes directly after the first, and is therefore later. */
export const isNext = fixedRelation("isNext", number, number)
export const isMember = fixedRelation("isMember", server, number)

/** Super-majorities of a configuration. */
export const quorum = sort("quorum")
export const quorumOf = fixedRelation("quorumOf", quorum, number)
export const inQuorum = fixedRelation("inQuorum", server, quorum)

/** The nonce of a client's phase, and the configuration of its questions. */
export const nonce = sort("nonce")
export const numberOf = totalFunction("numberOf", [nonce], number)

export const axioms: Sentences = {
  ...order.axioms,
  "the first configuration comes first": isLeast(order, number, first),
  "the next configuration is later": forall({ n: number, m: number }, ({ n, m }) =>
    implies(isNext(n, m), earlier(n, m))
  )
}

/** A storage node: the latest configuration that it knows, the earlier ones, its keys. */
export const viewOf = partial("viewOf", [server], [number])
export const past = relation("past", server, number)
/**
 * Its symmetric key is that of this configuration, or leads to it: hashing the key once more yields
 * that of the next configuration.
 */
export const leadsTo = relation("leadsTo", server, number)
export const hasSymmetric = relation("hasSymmetric", server)
/** It has its private key of this configuration. */
export const possesses = relation("possesses", server, number)

/** The adversary: the nodes that it has taken over, and the keys that it knows. */
export const faulty = relation("faulty", server)
export const knowsSymmetric = relation("knowsSymmetric", server, number)
export const knowsPrivate = relation("knowsPrivate", server, number)

/** The administrator: the configuration that it chose last, and the members that have stopped. */
export const current = partial("current", [], [number])
export const stopping = relation("stopping")
export const hasStopped = relation("hasStopped", server)

/**
 * Clients: the phases that were begun, the nodes whose answers count, and the phases that have
 * ended.
 */
export const asked = relation("asked", nonce)
export const counted = relation("counted", nonce, server)
export const ended = relation("ended", nonce)

/**
 * All messages ever sent: NEW_VIEW of this configuration, and the private key that it contains for
 * a storage node, encrypted with the symmetric key of that time; answers with a proof by the
 * private key of the configuration.
 */
export const newView = relation("newView", number)
export const sealed = relation("sealed", server, number)
export const answered = relation("answered", nonce, server)
export const stopped = relation("stopped", server, number)

/*
 * History.
 */

/**
 * The storage node was taken over in time for this configuration: before it was past the
 * configuration.
 */
export const takenInTime = relation("takenInTime", server, number)
/** The configuration has ended, and these members had reported by then that they have stopped. */
export const forgotten = relation("forgotten", number)
export const forgottenBy = relation("forgottenBy", number, server)
/** The phase was begun in a configuration that was already forgotten. */
export const late = relation("late", nonce)

/** A property of any two super-majorities of a configuration. */
export const anyTwoQuorumsShare = (
  which: (s: Term<"server">, n: Term<"number">) => Formula
): Formula =>
  forall({ n: number, q: quorum, r: quorum }, ({ n, q, r }) =>
    implies(
      and(quorumOf(q, n), quorumOf(r, n)),
      exists({ s: server }, ({ s }) => and(inQuorum(s, q), inQuorum(s, r), which(s, n)))
    )
  )
