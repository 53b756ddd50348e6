/**
 * The answers of a lying storage node. It has the state and the keys of a correct one, which it may
 * have been for a while, and sends any answer.
 */

import type { Nonce } from "../../spec/administrator/messages.ts"
import type { PartSend } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Message } from "../byzantine/messages.ts"
import { type ServerState, server } from "../byzantine/server.ts"
import type { Trust } from "../byzantine/trust.ts"

/** The request, and the answer of a correct node. */
export interface Asked {
  /** The node's state before the request, and a correct node's state after it. */
  readonly before: ServerState
  readonly state: ServerState
  readonly sends: ReadonlyArray<PartSend<Message>>
  readonly trust: Trust
  readonly from: NodeId
  readonly message: Message
  readonly register: string
}

/** The messages that a liar sends instead. */
export type Lie = (asked: Asked) => ReadonlyArray<PartSend<Message>>

/** Returns a number from 0 up to, but not including, the bound. */
type Draw = (bound: number) => number

/** Sends nothing. */
const silent = (): Lie => () => []

/** Repeats what it sent to others or sent earlier; at random, adds the right answer. */
const replay = (draw: Draw): Lie => {
  const said: Array<PartSend<Message>> = []
  return ({ sends, from }) => {
    if (said.length < maxSaid) said.push(...sends)
    return sends.flatMap((send) => [
      { ...(said[draw(said.length)] as PartSend<Message>), to: from },
      ...(draw(2) === 0 ? [send] : [])
    ])
  }
}
const maxSaid = 1000

/**
 * Reports a pair that it once held, with a valid proof, in every configuration whose key it has
 * had. It does so even where a correct node has stopped serving and has erased the key.
 */
const telling =
  (choose: (known: ReadonlyArray<ServerState["written"]>) => ServerState["written"]) => (): Lie => {
    const written = new Map<string, Array<ServerState["written"]>>()
    const possessions = new Map<number, ServerState["possessions"][number]>()
    return ({ before, state, sends, trust, from, message, register }) => {
      const known = written.get(register) ?? [null]
      written.set(register, known)
      if (state.written !== known.at(-1)) known.push(state.written)
      for (const one of [...before.possessions, ...state.possessions])
        possessions.set(one.certificate.content.meta.number, one)
      const proven = (nonce: Nonce): Message | undefined => {
        const own = possessions.get(nonce.number)
        if (own === undefined) return undefined
        const content = { nonce, written: choose(known) }
        const proof = trust.cryptography.about(register).sign(own.key, content)
        return { _tag: "Proven", certificate: own.certificate, proof }
      }
      if (message._tag === "Get" || message._tag === "Confirm" || message._tag === "Set") {
        const told = proven(message.nonce)
        return told === undefined ? sends : [{ to: from, message: told, key: register }]
      }
      return sends.map((send) => {
        if (send.message._tag !== "Proven") return send
        const told = proven(send.message.proof.content.nonce)
        return told === undefined ? send : { ...send, message: told }
      })
    }
  }

/** Reports the newest pair to one client and an older pair to another. */
const equivocate = (draw: Draw): Lie => telling((known) => known[draw(known.length)] ?? null)()

/** Reports that nothing was ever written, despite its acknowledgements. */
const forgetful = telling(() => null)

/** Forges pairs, proofs and certificates, and sends messages outside the Schema. */
const garbage =
  (draw: Draw): Lie =>
  ({ sends }) =>
    sends.map((send) => {
      const { message } = send
      if (message._tag !== "Proven") return send
      const { certificate, proof } = message
      const signature = "A".repeat(86)
      const timestamp = { number: 10 ** 9, client: "nobody" }
      const bogus = { signer: "nobody", content: { value: "bogus", timestamp }, signature }
      const made = [
        { ...message, proof: { ...proof, content: { ...proof.content, written: bogus } } },
        { ...message, proof: { ...proof, signature } },
        { ...message, certificate: { ...certificate, signature } },
        { _tag: "Over", number: 0, later: { ...certificate, signature } },
        { _tag: "Nonsense", value: "x".repeat(100) }
      ]
      return { ...send, message: made[draw(made.length)] as Message }
    })

const kinds = { silent, replay, equivocate, forgetful, garbage }
export const lieNames = ["silent", "replay", "equivocate", "forgetful", "garbage"] as const
export type LieName = (typeof lieNames)[number]

/** The lie of this kind, for one liar. */
export const lieOf = (name: LieName, draw: Draw): Lie => kinds[name](draw)

/** A storage node that lies as long as `lie` returns a lie. */
export const lying = (lie: () => Lie | undefined): typeof server => ({
  ...server,
  step: (context, self, state, input, objectsAfter, register = "") => {
    const step = server.step(context, self, state, input, objectsAfter, register)
    const says = lie()
    if (input._tag !== "Receive" || says === undefined) return step
    const { sends } = step
    const { trust } = context
    return {
      ...step,
      sends: says({
        ...{ before: state, state: step.state, sends, trust, register },
        ...{ from: input.from, message: input.message }
      })
    }
  }
})
