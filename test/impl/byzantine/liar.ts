/**
 * A storage node that lies: the host, the wire and the keys of a real one, on its folder or on a
 * copy of it, with a different process inside. It ignores marks, and forgets at will.
 */
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { secretBytes } from "../../../impl/byzantine/keyring.ts"
import { NodeKeys } from "../../../impl/byzantine/node-keys.ts"
import type { Trust } from "../../../impl/byzantine/trust.ts"
import type { Address } from "../../../impl/directory/address.ts"
import { systemClock } from "../../../impl/environment/clock.ts"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { listen } from "../../../impl/net/network.ts"
import { runnableNamed } from "../../../impl/protocols.ts"
import {
  type Lie,
  lieOf,
  lying,
  type LieName as SimulatedLie
} from "../../../impl/simulator/lies.ts"
import { FileDisk } from "../../../impl/storage/file-disk.ts"
import type { Certificate, Possession } from "../../../spec/forgetting/messages.ts"
import { correct } from "../../../spec/forgetting/rules.ts"
import type { AnyPart } from "../../../spec/kernel/keyed.ts"
import { server as serverNamed, servers } from "../../../spec/nodes/nodes.ts"

/** "I still work here": it continues with the contents of its folder. */
const stale: Lie = ({ sends }) => sends

/**
 * It has no key any more, and pretends: with a certificate that it once had, which is not secret,
 * and a key that it makes up.
 */
const pretend =
  (certificate: Certificate, own: string): Lie =>
  ({ state, trust, from, message, register }) => {
    if (message._tag !== "Get" && message._tag !== "Confirm" && message._tag !== "Set") return []
    const key = { owner: certificate.content.key.owner, secret: own }
    const content = { nonce: message.nonce, written: state.written }
    const proof = trust.cryptography.about(register).sign(key, content)
    return [{ to: from, message: { _tag: "Proven", certificate, proof } }]
  }

export type LieName = SimulatedLie | "stale" | "pretend"

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
  let drawn = 0
  const lie: Lie =
    name === "pretend"
      ? pretend((given as Possession).certificate, keys.keyring.add(randomBytes(secretBytes)))
      : name === "stale"
        ? stale
        : lieOf(name, (bound) => drawn++ % bound)
  const part = lying(() => lie)
  const disk = yield* Effect.acquireRelease(
    Effect.sync(() => new FileDisk(join(folder, "log"))),
    (open) => Effect.callback<void>((resume) => open.close(() => resume(Effect.void)))
  )
  const { Message: Known } = runnableNamed("byzantine")
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
