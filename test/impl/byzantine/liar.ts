/**
 * A storage node that lies: the host, the wire and the keys of a real one, on its folder or on a
 * copy of it, with another process inside. It looks at no marks, and forgets what it likes.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Message } from "../../../impl/byzantine/messages.ts"
import { NodeKeys } from "../../../impl/byzantine/node-keys.ts"
import { type ServerState, server } from "../../../impl/byzantine/server.ts"
import type { Trust } from "../../../impl/byzantine/trust.ts"
import type { Address } from "../../../impl/directory/address.ts"
import { systemClock } from "../../../impl/environment/clock.ts"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import { frameDecoder } from "../../../impl/link/frame.ts"
import { listen } from "../../../impl/net/network.ts"
import { pluggedIn } from "../../../impl/protocols.ts"
import { FileDisk } from "../../../impl/storage/file-disk.ts"
import type { Certificate, Possession } from "../../../spec/forgetting/messages.ts"
import { correct } from "../../../spec/forgetting/rules.ts"
import type { AnyPart, PartSend } from "../../../spec/kernel/keyed.ts"
import { server as serverNamed, servers } from "../../../spec/nodes/nodes.ts"

/** What a liar says instead of what it should; it has the state that a correct one would have. */
type Lie = (
  state: ServerState,
  sends: ReadonlyArray<PartSend<Message>>,
  trust: Trust,
  asked: { readonly from: string; readonly register: string; readonly message: Message }
) => ReadonlyArray<PartSend<Message>>

/** "I still work here": it goes on with what is in its folder. */
const stale: Lie = (_state, sends) => sends

/** It says again what it said first, to whatever it is asked. */
const replay = (): Lie => {
  const said = new Map<string, PartSend<Message>>()
  return (_state, sends, _trust, { from, register }) =>
    sends.flatMap((send) => {
      const first = said.get(register) ?? send
      said.set(register, first)
      // Now and then the right answer comes as well, after a wrong one.
      return [{ ...first, to: from as never }, ...(said.size % 2 === 0 ? [send] : [])]
    })
}

/** It tells one client of the newest pair and another of an older one, and proves it well. */
const equivocate = (): Lie => {
  const written = new Map<string, Array<ServerState["written"]>>()
  let asked = 0
  return (state, sends, trust, { register }) => {
    const known = written.get(register) ?? [null]
    written.set(register, known)
    if (state.written !== known.at(-1)) known.push(state.written)
    return sends.map((send) => {
      const { message } = send
      const [own] = state.possessions
      if (message._tag !== "Proven" || own === undefined) return send
      const { nonce } = message.proof.content
      const content = { nonce, written: known[asked++ % known.length] ?? null }
      const proof = trust.cryptography.about(register).sign(own.key, content)
      return { ...send, message: { ...message, proof } }
    })
  }
}

/** It makes things up: pairs, signatures, certificates, messages that nobody asked for. */
const garbage = (): Lie => {
  let count = 0
  return (_state, sends) =>
    sends.flatMap((send) => {
      const { message } = send
      if (message._tag !== "Proven") return [send]
      const { certificate, proof } = message
      const signature = "A".repeat(86)
      const bogus = {
        signer: "nobody",
        content: { value: "bogus", timestamp: { number: 10 ** 9, client: "nobody" } },
        signature
      }
      const made = [
        { ...message, proof: { ...proof, content: { ...proof.content, written: bogus } } },
        { ...message, proof: { ...proof, signature } },
        { ...message, certificate: { ...certificate, signature } },
        { _tag: "Over", number: 0, later: { ...certificate, signature } },
        { _tag: "Nonsense", ["x".repeat(100)]: [count] }
      ]
      return [{ ...send, message: made[count++ % made.length] as Message }]
    })
}

/**
 * It has no key any more, and pretends: with a certificate that it once had, which is no secret,
 * and a key that it makes up.
 */
const pretend =
  (certificate: Certificate): Lie =>
  (state, _sends, trust, { from, message, register }) => {
    if (message._tag !== "Get" && message._tag !== "Confirm" && message._tag !== "Set") return []
    const secret = trust.cryptography.sharedKeyFor(
      { owner: "x" },
      certificate.content.server
    ).secret
    const key = { owner: certificate.content.key.owner, ...(secret ? { secret } : {}) }
    const content = { nonce: message.nonce, written: state.written }
    const proof = {
      ...trust.cryptography.about(register).sign(key, content),
      signature: "B".repeat(86)
    }
    return [{ to: from as never, message: { _tag: "Proven", certificate, proof } }]
  }

export const lies = { stale, replay, equivocate, garbage, pretend }
export type LieName = "stale" | "replay" | "equivocate" | "garbage" | "pretend"

/** Starts a liar on this folder, which runs until the scope ends. */
export const startLiar = Effect.fnUntraced(function* (
  folder: string,
  where: Address,
  name: LieName
) {
  const { identity, first } = JSON.parse(readFileSync(join(folder, "node.json"), "utf8")) as {
    readonly identity: { readonly id: string }
    readonly first: ReadonlyArray<string>
  }
  const keys = new NodeKeys(folder)
  const trust = keys.trust as Trust
  const [given] = (trust.possessions ?? []) as ReadonlyArray<Possession>
  const lie: Lie =
    name === "pretend"
      ? pretend((given as Possession).certificate)
      : name === "stale"
        ? stale
        : lies[name]()
  const part: typeof server = {
    ...server,
    step: (context, self, state, input, objectsAfter, register = "") => {
      const step = server.step(context, self, state, input, objectsAfter, register)
      if (input._tag !== "Receive") return step
      const { from, message } = input
      const asked = { from, register, message }
      return { ...step, sends: lie(step.state, step.sends, context.trust, asked) }
    }
  }
  const disk = yield* Effect.acquireRelease(
    Effect.sync(() => new FileDisk(join(folder, "log"))),
    (open) => Effect.callback<void>((resume) => open.close(() => resume(Effect.void)))
  )
  const { Message: Known } = pluggedIn("byzantine")
  const endpoint = new Endpoint({ name: identity.id, Message: Known, clock: systemClock, disk })
  yield* Effect.addFinalizer(() => Effect.sync(() => endpoint.close()))
  endpoint.add({
    ...{ id: serverNamed(identity.id), role: "server", part: part as AnyPart },
    context: { rules: correct, configuration: { members: servers(...first) }, trust }
  })
  Result.getOrThrow(endpoint.open())
  const system = servers(...first)
  return yield* listen(
    {
      ...{ endpoint, protocol: "byzantine", role: "node" },
      first: () => system,
      decode: frameDecoder(Known),
      refuses: () => undefined
    },
    where
  )
})
