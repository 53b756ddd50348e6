/**
 * A system with an administrator over real sockets and files: storage nodes that lie, nodes that
 * are replaced while clients write, and the attack that forgetting prevents.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { judge } from "../../../spec/register/written-once.ts"
import { load, text } from "./load.ts"
import { TrustedCluster } from "./trusted-cluster.ts"

const four = ["s1", "s2", "s3", "s4"]
const others = ["s5", "s6", "s7", "s8"]
let cluster: TrustedCluster
beforeEach(() => {
  cluster = new TrustedCluster()
})
afterEach(() => cluster.remove())

describe("with f storage nodes that lie", () => {
  it("clients' reads and writes are atomic and complete, regardless of what one of four says", async () => {
    await cluster.begin(...four)
    const stores = await Promise.all(
      ["one", "two", "three"].map(async (name) => cluster.connect(await cluster.credentials(name)))
    )
    for (const lie of ["silent", "replay", "equivocate", "forgetful", "garbage"] as const) {
      await cluster.lie("s2", lie)
      const history = await load(stores, lie, 8)
      expect([lie, judge(history)._tag, history.length]).toEqual([lie, "Atomic", 24])
    }
    await Promise.all(stores.map((store) => store.close()))
  })

  it("a member is replaced while clients write, twice, with a liar there: nothing stops, and it forgets", async () => {
    await cluster.begin(...four)
    await cluster.lie("s2", "equivocate")
    await cluster.start("s5", "s6")
    const stores = await Promise.all(
      ["one", "two"].map(async (name) => cluster.connect(await cluster.credentials(name)))
    )
    expect(cluster.secretsOf("s1").length).toBe(2)
    const loads = [load(stores, "x", 16), load(stores, "y", 16)]
    expect((await cluster.reconfigure(["s5"], ["s1"])).number).toBe(1)
    // The administrator ends and comes back: it knows where it was.
    await cluster.stop("administrator")
    await cluster.startAdministrator()
    expect((await cluster.reconfigure(["s6"], ["s2"])).number).toBe(2)
    for (const history of await Promise.all(loads)) expect(judge(history)._tag).toBe("Atomic")
    expect([cluster.secretsOf("s1"), cluster.secretsOf("s5").length]).toEqual([[], 2])
    for (const store of stores) await store.close()
  })
})

describe("the attack: removed storage nodes say that they still work here", () => {
  it("fools a client that slept with copies from before they forgot, and with none from after", async () => {
    await cluster.begin(...four)
    const awake = await cluster.connect(await cluster.credentials("awake"))
    const sleeping = await cluster.credentials("sleeping")
    await awake.put("x", "old")
    // Somebody copies the folders of all, keys included. (A file system that keeps versions would
    // do.)
    const before = four.map((name) => cluster.copy(name, `${name}-before`))
    await cluster.start(...others)
    await cluster.reconfigure(others, four)
    await awake.put("x", "new")
    expect(text(await awake.get("x"))).toBe("new")
    await awake.close()
    expect(four.map((name) => cluster.secretsOf(name))).toEqual([[], [], [], []])
    const after = four.map((name) => cluster.copy(name, `${name}-after`))

    // Nodes that forgot pretend; the client that slept reaches no other nodes.
    await Promise.all(four.map((name, at) => cluster.lie(name, "pretend", after[at])))
    const refused = await cluster.connect(sleeping, cluster.directory(...four), 500)
    await expect(refused.get("x")).rejects.toMatchObject({
      _tag: "ConfigurationForgotten",
      number: 0,
      unproved: four
    })
    await refused.close()
    // Those that say so themselves.
    await Promise.all(four.map((name, at) => cluster.lie(name, "stale", after[at])))
    const told = await cluster.connect(sleeping, cluster.directory(...four), 500)
    await expect(told.put("x", "mine")).rejects.toMatchObject({
      _tag: "ConfigurationForgotten",
      forgotten: four
    })
    await told.close()
    // With the directory of today it learns of the configuration, and reads what is there.
    const learning = await cluster.connect(sleeping)
    expect(text(await learning.get("x"))).toBe("new")
    await learning.close()

    // Copies from before they forgot: fewer than a super-majority come to nothing.
    await cluster.stop(...four)
    for (const at of [0, 1]) await cluster.lie(four[at] as string, "stale", before[at])
    const waiting = await cluster.connect(sleeping, cluster.directory(...four), 500)
    await expect(waiting.get("x")).rejects.toMatchObject({ _tag: "Unavailable" })
    await waiting.close()
    // A super-majority of them is believed: nothing but forgetting helps, as the theory says.
    await cluster.lie("s3", "stale", before[2])
    const fooled = await cluster.connect(sleeping, cluster.directory(...four))
    expect(text(await fooled.get("x"))).toBe("old")
    await fooled.close()
  })
})
