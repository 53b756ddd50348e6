/**
 * A reconfiguration cannot end the system, and a user's typing error changes nothing.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
  type ConfigurationChange,
  connect,
  type PromisedStore
} from "../../../impl/client/store.ts"
import { TestCluster } from "../net/cluster.ts"

let cluster: TestCluster
const open: Array<{ close: () => Promise<void> }> = []
beforeEach(async () => {
  cluster = new TestCluster(3)
  await cluster.start()
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  await cluster.remove()
})
const client = async (): Promise<PromisedStore> => {
  const store = await connect({ servers: cluster.directory, timeoutMilliseconds: 1000 })
  open.push(store)
  return store
}
const refusal = (store: PromisedStore, change: ConfigurationChange): Promise<string> =>
  store.reconfigure(change).then(
    () => "done",
    ({ _tag, message }) => `${_tag}: ${message}`
  )

describe("a reconfiguration", () => {
  it("that would leave no answering quorum is refused, changes nothing, and happens if it is forced", async () => {
    const store = await client()
    await store.put("x", "1")
    await cluster.stop("s3")
    while ((await store.status()).nodes[2]?.connected)
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await refusal(store, { remove: ["s2"] })).toMatch(
      /^ReconfigurationRefused: only s1 of s1, s3 answers: no quorum would be left to .*; nothing was changed — start the others/
    )
    await store.put("x", "2")
    await store.reconfigure({ remove: ["s3"] })
    expect((await store.status()).configurations).toEqual([["s1", "s2"]])
    await cluster.start("s3")
    await store.reconfigure({ add: ["s3"] })
    await cluster.stop("s3")
    // It is decided, and waits for its quorum.
    const forced = store.reconfigure({ remove: ["s2"], force: true })
    const isDecided = async () => (await store.status()).configurations.length === 2
    while (!(await isDecided())) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await store.status()).toMatchObject({ available: false })
    await cluster.start("s3")
    await forced
    expect(Buffer.from((await store.get("x")) as Uint8Array).toString()).toBe("2")
  })

  it("adds all requested nodes, even one that is away once it begins, and can be requested again", async () => {
    await cluster.remove()
    cluster = new TestCluster(5)
    await cluster.start()
    const store = await client()
    await store.reconfigure({ remove: ["s5"] })
    const change = { add: ["s5"], remove: ["s4"] }
    const under = store.reconfigure(change)
    // It asks the nodes for their configuration now.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await cluster.stop("s5")
    await under
    await cluster.start("s5")
    await store.reconfigure(change)
    expect((await store.status()).configurations).toEqual([["s1", "s2", "s3", "s5"]])
    expect(await refusal(store, { add: ["s5"], remove: ["s44"] })).toMatch(/s44 is not a member/)
  })

  it("with a typing error, or without a change, changes nothing, and says why", async () => {
    const store = await client()
    const slips: ReadonlyArray<[string, ConfigurationChange, RegExp]> = [
      [
        "a misspelt name",
        { remove: ["s33"] },
        /s33 is not a member \(members: s1, s2, s3\); .*did you mean s3\?/
      ],
      ["a name in other letters", { remove: ["S3"] }, /did you mean s3\?/],
      [
        "a stranger's name",
        { remove: ["elsewhere"] },
        /elsewhere is not a member.* — name one of them/
      ],
      ["a member once more", { add: ["s1"] }, /s1 is already a member — nothing was changed/],
      ["one of each", { add: ["s2"], remove: ["s33"] }, /s33 is not a member/],
      [
        "everybody",
        { remove: ["s1", "s2", "s3"] },
        /no storage node would be left; nothing was changed/
      ],
      ["nothing", {}, /no change was given/]
    ]
    for (const [what, change, message] of slips)
      expect(await refusal(store, change), what).toMatch(message)
    expect((await store.status()).configurations).toEqual([["s1", "s2", "s3"]])
  })
})
