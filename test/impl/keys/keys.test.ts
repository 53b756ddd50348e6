/**
 * With keys, both ends of every connection prove their identities; an endpoint does not talk to a
 * peer that cannot.
 */
import { X509Certificate } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import { connect } from "../../../impl/client/store.ts"
import { certify, type HolderRole, makeAuthority } from "../../../impl/keys/certificates.ts"
import { type Keys, loadKeys } from "../../../impl/keys/keys.ts"
import { TestCluster } from "../net/cluster.ts"

const now = new Date()
const authority = makeAuthority(1, now)
const keys = (name: string, role: HolderRole, by = authority, at = now): Keys => {
  const { certificate: cert, key } = certify(by.key, name, role, 1, at)
  return { ca: authority.certificate, cert, key }
}

const open: Array<{ close: () => Promise<void> }> = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const started = async (keysOf: (name: string) => Keys): Promise<TestCluster> => {
  const cluster = new TestCluster(1, keysOf)
  open.push({ close: () => cluster.remove() })
  await cluster.start()
  return cluster
}

/** Writes and reads; returns false if no node answers. */
const canUse = async (
  cluster: TestCluster,
  given: Keys | undefined,
  timeoutMilliseconds = 1000
): Promise<boolean> => {
  const store = await connect({
    servers: cluster.directory,
    timeoutMilliseconds,
    ...(given === undefined ? {} : { keys: given })
  })
  open.push(store)
  return store.put("x", "1").then(
    () => true,
    () => false
  )
}

describe("keys", () => {
  it("are made so that they verify, in their roles", () => {
    const parent = new X509Certificate(authority.certificate)
    const child = new X509Certificate(keys("s1", "node").cert)
    expect([parent.ca, child.ca]).toEqual([true, false])
    expect([parent.verify(parent.publicKey), child.verify(parent.publicKey)]).toEqual([true, true])
    expect(child.subject).toBe("OU=node\nCN=s1")
    expect(child.checkIssued(parent)).toBe(true)
  })

  it("are those of a client in their folder, or those whose certificate is given", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-keys-"))
    open.push({ close: async () => rmSync(folder, { recursive: true }) })
    const { ca, cert, key } = keys("app", "client")
    const files = { "authority.pem": ca, "app.pem": cert, "app.key": key }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const loaded = await Effect.runPromise(loadKeys(join(folder, "app.pem"), "client"))
    expect(loaded).toMatchObject({ ca, cert, key })
    const refused = await Effect.runPromise(Effect.flip(loadKeys(folder, "client")))
    expect(refused.file).toBe(join(folder, "client.pem"))
  })

  it("admit a client of the same authority, and no client without keys", async () => {
    const cluster = await started((name) => keys(name, "node"))
    const stranger = makeAuthority(1, now)
    const yesterday = new Date(now.getTime() - 3 * 86_400_000)
    for (const given of [keys("anyone", "client"), keys("someone", "administrator")]) {
      expect(await canUse(cluster, given, 30_000)).toBe(true)
    }
    const others: ReadonlyArray<readonly [whose: string, given: Keys | undefined]> = [
      ["nobody", undefined],
      ["a stranger", { ...keys("anyone", "client", stranger), ca: authority.certificate }],
      ["one of yesterday", keys("anyone", "client", authority, yesterday)],
      // A node's certificate is not a client's.
      ["another node", keys("s2", "node")]
    ]
    const found = await Promise.all(
      others.map(async ([whose, given]) => [whose, await canUse(cluster, given)] as const)
    )
    expect(found).toEqual(others.map(([whose]) => [whose, false]))
  })

  it("of one node do not work for another, and those of a client do not work for a node", async () => {
    const clusters = [
      await started(() => keys("s2", "node")),
      await started((name) => keys(name, "client"))
    ]
    const found = await Promise.all(
      clusters.map((cluster) => canUse(cluster, keys("anyone", "client")))
    )
    expect(found).toEqual([false, false])
  })
})
