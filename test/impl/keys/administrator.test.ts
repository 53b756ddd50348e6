/**
 * With keys, only an administrator changes the configuration: a node accepts reconfiguration
 * messages from no other peer, regardless of the sender they name.
 */
import { X509Certificate } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { systemClock } from "../../../impl/environment/clock.ts"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import { certify, type HolderRole, makeAuthority } from "../../../impl/keys/certificates.ts"
import {
  areAdministrators,
  type Keys,
  mayReconfigure,
  refusesReconfiguration
} from "../../../impl/keys/keys.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import type { Speaker } from "../../../impl/net/connection.ts"
import { listen } from "../../../impl/net/network.ts"
import { nodeOf, type Reconfiguration, rulesOf, runnableNamed } from "../../../impl/protocols.ts"
import { majority as majorityOf } from "../../../spec/configuration/configuration.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"
import { initial } from "../../../spec/rambo/configuration-map.ts"
import { initialPair } from "../../../spec/register/pair.ts"
import { RawPeer } from "../net/raw-peer.ts"
import { MemoryDisk } from "../storage/memory-disk.ts"

const now = new Date()
const authority = makeAuthority(1, now)
const keys = (name: string, role: HolderRole): Keys => {
  const { certificate: cert, key } = certify(authority.key, name, role, 1, now)
  return { ca: authority.certificate, cert, key }
}

const members = servers("s1")
const configuration = majorityOf(members)
const rambo = runnableNamed("rambo")
const system = { protocol: "rambo", first: members }
const scope = Effect.runSync(Scope.make())
let port: number
const open: Array<RawPeer> = []

beforeAll(async () => {
  const endpoint = new Endpoint({
    name: "s1",
    Message: rambo.Message,
    clock: systemClock,
    disk: new MemoryDisk()
  })
  const setup = { servers: members, configuration, rules: rulesOf(rambo, rambo.variant) }
  endpoint.add(nodeOf(rambo, "server", server("s1"), setup))
  Result.getOrThrow(endpoint.open())
  const speaker: Speaker = {
    protocol: "rambo",
    role: "node",
    first: () => members,
    endpoint,
    decode: frameDecoder(rambo.Message),
    refuses: () => undefined,
    refusesMessage: refusesReconfiguration(rambo.reconfiguration as Reconfiguration),
    keys: () => keys("s1", "node")
  }
  const listening = listen(speaker, { host: "127.0.0.1", port: 0 })
  port = (await Effect.runPromise(Effect.provideService(listening, Scope.Scope, scope))).port
})
afterAll(async () => {
  for (const peer of open) peer.close()
  await Effect.runPromise(Scope.close(scope, Exit.void))
})

const connected = async (name: string, role: HolderRole): Promise<RawPeer> => {
  const peer = await RawPeer.connect(port, name, system, keys(name, role), role)
  open.push(peer)
  return peer
}

const question = { operation: 1, phase: 1 }
const map = initial(configuration)
/** The messages of reconfigurations, and their replies. */
const reconfiguring = [
  [{ _tag: "List", ...question, map, after: null, most: 1 }, "Listing"],
  [{ _tag: "PopulateList", ...question, registers: [] }, "PopulatedList"],
  [{ _tag: "Populate", ...question, name: "x", pair: initialPair }, "Populated"],
  [{ _tag: "Retire", ...question, map }, "Retired"],
  [
    {
      _tag: "Ballot",
      ...question,
      instance: 0,
      message: { _tag: "Prepare", ballot: { round: 1, proposer: "c/1" } }
    },
    "BallotReply"
  ]
] as const

describe("an administrator's certificate", () => {
  it("names the role, to nodes and to its holder", () => {
    const roles = ["node", "client", "administrator"] as const
    const of = (role: HolderRole) => keys("x", role)
    expect(roles.map((role) => areAdministrators(of(role)))).toEqual([false, false, true])
    const subjectOf = (role: HolderRole) =>
      new X509Certificate(of(role).cert).toLegacyObject().subject
    expect(roles.map((role) => mayReconfigure({ subject: subjectOf(role) }))).toEqual([
      false,
      false,
      true
    ])
  })

  it("is required for every message that reconfigures", async () => {
    for (const [message, reply] of reconfiguring) {
      const client = await connected(`client-${reply}`, "client")
      client.post(1, "s1", message)
      expect(await client.declined(1)).toMatchObject({
        kind: "forbidden",
        reason: expect.stringMatching(/requires an administrator's certificate/)
      })
      const administrator = await connected(`administrator-${reply}`, "administrator")
      administrator.post(1, "s1", message)
      expect(await administrator.answer(1)).toEqual([expect.objectContaining({ _tag: reply })])
    }
  })

  it("cannot be borrowed by speaking for a process of another endpoint", async () => {
    const client = await connected("client-a", "client")
    client.post(1, "s1", { _tag: "Get", ...question }, { from: "client-b/1" })
    expect(await client.declined(1)).toMatchObject({
      kind: "foreign",
      reason: expect.stringMatching(/sends messages of client-b\/1, which does not run at client-a/)
    })
  })

  it("is not required to read and write", async () => {
    const client = await connected("client-c", "client")
    client.post(1, "s1", { _tag: "Get", ...question })
    expect(await client.answer(1)).toEqual([expect.objectContaining({ _tag: "GetReply" })])
  })
})
