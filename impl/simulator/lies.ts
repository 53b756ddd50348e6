/**
 * What a storage node says that lies: it has the state and the keys of a correct one, which it
 * could be for a while, and says what it likes.
 */

import type { Nonce } from "../../spec/administrator/messages.ts"
import type { PartSend } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Message } from "../byzantine/messages.ts"
import { type ServerState, server } from "../byzantine/server.ts"
import type { Trust } from "../byzantine/trust.ts"

/** What it was asked, and what a correct one would say. */
export interface Asked {
  /** What it was before it was asked, and what a correct one would be then. */
  readonly before: ServerState
  readonly state: ServerState
  readonly sends: ReadonlyArray<PartSend<Message>>
  readonly trust: Trust
  readonly from: NodeId
  readonly message: Message
  readonly register: string
}

/** What a liar says instead. */
export type Lie = (asked: Asked) => ReadonlyArray<PartSend<Message>>

/** A number from 0 on that is less than this. */
type Draw = (bound: number) => number

/** It says nothing. */
const silent = (): Lie => () => []

/** It says again what it said to others, or before; now and then after that what is right. */
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
 * It tells of a pair that it once held, and proves it well, whatever it is asked in a configuration
 * of which it has had the key: also when a correct one has stopped serving that, and has erased it.
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

/** One is told of the newest pair, and another of an older one. */
const equivocate = (draw: Draw): Lie => telling((known) => known[draw(known.length)] ?? null)()

/** Nothing was ever written, whatever it has acknowledged. */
const forgetful = telling(() => null)

/** It makes things up: pairs, proofs, certificates, and what is no message at all. */
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

/** The lie of this kind, of one liar. */
export const lieOf = (name: LieName, draw: Draw): Lie => kinds[name](draw)

/** A storage node that says what this gives, as long as it gives something. */
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
