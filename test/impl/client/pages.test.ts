/**
 * An administrator lists the registers: each key with the value of its last write, over many pages,
 * while and after the storage nodes are replaced.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Bytes, connect, type PromisedStore } from "../../../impl/client/store.ts"
import { certify, type HolderRole, makeAuthority } from "../../../impl/keys/certificates.ts"
import type { Keys } from "../../../impl/keys/keys.ts"
import { TestCluster } from "../net/cluster.ts"

const now = new Date()
const authority = makeAuthority(1, now)
const keys = (name: string, role: HolderRole): Keys => {
  const { certificate: cert, key } = certify(authority.key, name, role, 1, now)
  return { ca: authority.certificate, cert, key }
}

const cluster = new TestCluster(5, (name) => keys(name, "node"))
const open: Array<PromisedStore> = []
const connected = async (name: string, role: HolderRole): Promise<PromisedStore> => {
  const { directory: servers } = cluster
  const store = await connect({ servers, keys: keys(name, role), timeoutMilliseconds: 20_000 })
  open.push(store)
  return store
}
beforeAll(() => cluster.start())
afterAll(async () => {
  for (const one of open) await one.close()
  await cluster.remove()
})

const hex = (bytes: Bytes): string => Buffer.from(bytes).toString("hex")
const listed = async (store: PromisedStore): Promise<ReadonlyMap<string, string>> => {
  const all = new Map<string, string>()
  for await (const { key, value } of store.entries()) {
    expect(all.has(hex(key))).toBe(false)
    all.set(hex(key), hex(value))
  }
  return all
}

describe("the registers of a store", () => {
  it("are listed over many pages, with keys and values of any bytes, without those removed", async () => {
    const store = await connected("first", "administrator")
    const expected = new Map<string, string>()
    const put = async (key: Bytes, value: Bytes) => {
      await store.put(key, value)
      expected.set(hex(key), hex(value))
    }
    expect(await listed(store)).toEqual(new Map())
    await Promise.all(Array.from({ length: 1100 }, (_, at) => put(`k${at}`, `v${at}`)))
    await put(new Uint8Array([255, 0, 10]), new Uint8Array([0, 254]))
    await put("", "of the empty key")
    for (const gone of ["k7", "k1099"]) {
      await store.remove(gone)
      expected.delete(hex(gone))
    }
    expect(await listed(store)).toEqual(expected)
  })

  it("are listed from the nodes that replaced others, with the earlier answers of those", async () => {
    const store = await connected("second", "administrator")
    await store.reconfigure({ remove: ["s4", "s5"] })
    const before = await listed(store)
    const replaced = store.reconfigure({ add: ["s4", "s5"], remove: ["s1", "s2"] })
    // A page that is asked for meanwhile is as whole.
    expect(await listed(store)).toEqual(before)
    await replaced
    await store.put("later", "1")
    await cluster.stop("s1", "s2")
    expect(await listed(store)).toEqual(new Map([...before, [hex("later"), hex("1")]]))
  })

  it("are for administrators", async () => {
    const client = await connected("third", "client")
    await expect(listed(client)).rejects.toMatchObject({
      _tag: "ListingRefused",
      message: expect.stringMatching(/^forbidden: .* — use an administrator's keys/)
    })
  })
})
