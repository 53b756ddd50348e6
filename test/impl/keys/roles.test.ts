/**
 * With keys, the hello settles the identity and the rights of a peer. A node reports what it
 * forbids, and that costs other peers nothing. Keys are renewed, and revoked, while nodes run.
 */

import { X509Certificate } from "node:crypto"
import { connect as connectTcp } from "node:net"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import { certify, type HolderRole, makeAuthority } from "../../../impl/keys/certificates.ts"
import { isImpostor, type Keys } from "../../../impl/keys/keys.ts"
import type { Role } from "../../../impl/link/frame.ts"
import { TestCluster } from "../net/cluster.ts"
import { RawPeer } from "../net/raw-peer.ts"

const now = new Date()
const authority = makeAuthority(1, now)
const keys = (name: string, role: HolderRole): Keys => {
  const { certificate: cert, key } = certify(authority.key, name, role, 1, now)
  return { ca: authority.certificate, cert, key }
}
const numberOf = ({ cert }: Keys): string => new X509Certificate(cert).serialNumber

const open: Array<{ close: () => unknown }> = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
const nodeKeys = new Map<string, Keys>()
const started = async (size = 1): Promise<TestCluster> => {
  const cluster = new TestCluster(size, (name) => {
    const own = nodeKeys.get(name) ?? keys(name, "node")
    nodeKeys.set(name, own)
    return own
  })
  open.push({ close: () => cluster.remove() })
  await cluster.start()
  return cluster
}
const client = async (cluster: TestCluster, given: Keys): Promise<PromisedStore> => {
  const store = await connect({
    servers: cluster.directory,
    timeoutMilliseconds: 3000,
    keys: given
  })
  open.push(store)
  return store
}
const introduced = async (cluster: TestCluster, endpoint: string, role: Role, given: Keys) => {
  const { address, first } = cluster.node("s1")
  const peer = await RawPeer.connect(
    address.port,
    endpoint,
    { protocol: "rambo", first: first() ?? null },
    given,
    role
  )
  open.push(peer)
  return peer
}

describe("a node over TLS", () => {
  it("ends though a silent connection is open, as do others that end just now", async () => {
    const cluster = await started()
    const { port } = cluster.node("s1").address
    const silent = connectTcp(port, "127.0.0.1")
    open.push({ close: () => silent.destroy() })
    const closed = new Promise((resolve) =>
      silent.on("close", resolve).on("error", () => undefined)
    )
    await new Promise((resolve) => silent.once("connect", resolve))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const began = performance.now()
    await cluster.stop("s1")
    await closed
    expect(performance.now() - began).toBeLessThan(3000)
  })
})

describe("an endpoint", () => {
  const certificates = {
    alice: { subject: { OU: "client", CN: "alice" } },
    dotted: { subject: { OU: "client", CN: "alice.b" } },
    s2: { subject: { OU: "node", CN: "s2" } },
    root: { subject: { OU: "administrator", CN: "root" } }
  } as unknown as Record<string, Parameters<typeof isImpostor>[0]>

  it.each<[keyof typeof certificates, string, Role, boolean]>([
    ["alice", "alice.1f", "client", true],
    ["alice", "alice.1f", "administrator", false],
    ["alice", "bob.1f", "client", false],
    ["alice", "alice", "client", false],
    ["alice", "alice.b.1f", "client", false],
    ["alice", "alice.", "client", false],
    ["alice", "s2~key", "node", false],
    ["dotted", "alice.b.1f", "client", true],
    ["dotted", "alice.1f", "client", false],
    ["s2", "s2~key", "node", true],
    ["s2", "s3~key", "node", false],
    ["s2", "s2.1f", "client", false],
    ["root", "root.1f", "administrator", true],
    ["root", "root.1f", "client", false]
  ])("of %s, as %s, %s: %s", (who, endpoint, role, may) => {
    const reason = isImpostor(certificates[who] as Parameters<typeof isImpostor>[0], {
      endpoint,
      role
    })
    expect(reason === undefined).toBe(may)
  })

  it("cannot speak, or settle, as that of another client, whose name it knows from a timestamp", async () => {
    const cluster = await started()
    const bob = await client(cluster, keys("bob", "client"))
    await bob.put("account", "100")
    const alice = await introduced(cluster, "alice.1", "client", keys("alice", "client"))
    alice.post(
      1,
      cluster.node("s1").identity,
      { _tag: "Get", operation: 1, phase: 1 },
      { key: "account" }
    )
    const [reply] = (await alice.answer(1)) as ReadonlyArray<{
      pair: { timestamp: { client: string } }
    }>
    const bobs = reply?.pair.timestamp.client.split("/")[0] as string
    expect(bobs).toMatch(/^bob\./)
    const forged = await introduced(cluster, bobs, "client", keys("alice", "client"))
    forged.say({ _tag: "Settled", settled: 2 ** 40 })
    expect(await forged.refusal()).toMatch(
      /its certificate names client alice, but it calls itself bob\./
    )
    await bob.put("account", "200")
    expect(Buffer.from((await bob.get("account")) as Uint8Array).toString()).toBe("200")
  })
})

describe("a client that reconfigures", () => {
  it("learns at once that this is forbidden, and continues with what it may do", async () => {
    const cluster = await started(3)
    const store = await client(cluster, keys("alice", "client"))
    await store.put("x", "1")
    const began = performance.now()
    await expect(store.reconfigure({ remove: ["s3"] })).rejects.toMatchObject({
      _tag: "ReconfigurationRefused",
      problem: expect.stringMatching(/^forbidden/)
    })
    expect(performance.now() - began).toBeLessThan(3000)
    await store.put("x", "2")
    const root = await client(cluster, keys("root", "administrator"))
    await root.reconfigure({ remove: ["s3"] })
    expect((await store.status()).configurations).toEqual([["s1", "s2"]])
  })

  it("learns from the node itself that this is forbidden, and keeps its connection", async () => {
    const cluster = await started()
    const { identity } = cluster.node("s1")
    const peer = await introduced(cluster, "alice.1", "client", keys("alice", "client"))
    const ballot = { _tag: "Prepare", ballot: { round: 1, proposer: "alice.1/1" } }
    peer.post(1, identity, { _tag: "Ballot", operation: 1, phase: 1, instance: 0, message: ballot })
    expect(await peer.declined(1)).toMatchObject({
      kind: "forbidden",
      reason: expect.stringMatching(/administrator's certificate; this one names client alice/)
    })
    peer.post(2, identity, { _tag: "Get", operation: 1, phase: 1 })
    expect(await peer.answer(2)).toHaveLength(1)
  })
})

describe("keys", () => {
  it("are renewed and revoked while a node runs: a revoked certificate is no longer accepted", async () => {
    const cluster = await started()
    const [alice, bob] = [keys("alice", "client"), keys("bob", "client")]
    const [one, other] = [await client(cluster, alice), await client(cluster, bob)]
    await Promise.all([one.put("x", "1"), other.put("y", "1")])
    const renewed = { ...keys("s1", "node"), revoked: [numberOf(alice)] }
    await Effect.runPromise(cluster.node("s1").renew(renewed))
    await other.put("y", "2")
    await expect(one.put("x", "2")).rejects.toMatchObject({ _tag: "Unavailable", connected: 0 })
    // A client that knows of the revocation does not talk to a revoked node either.
    const wary = await client(cluster, { ...bob, revoked: [numberOf(renewed)] })
    await expect(wary.get("y")).rejects.toMatchObject({ _tag: "Unavailable", connected: 0 })
  })
})
