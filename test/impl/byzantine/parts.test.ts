/**
 * The forgetting protocol with many registers and real keys: each process decides as the
 * specification does; registers move together, and none is lost.
 */
import { describe, expect, it } from "vitest"
import type { ServerState } from "../../../impl/byzantine/server.ts"
import { lieOf } from "../../../impl/simulator/lies.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { World } from "./world.ts"

const four = ["a", "b", "c", "d"]
const write = (value: string) => ({ _tag: "Write", value }) as never
const read = { _tag: "Read" } as never
const change = (add: ReadonlyArray<string>, remove: ReadonlyArray<string>) =>
  ({ _tag: "Reconfigure", add: servers(...add), remove: servers(...remove) }) as never

const node = (world: World, name: string) => world.shared(name) as ServerState

describe("the forgetting protocol as it is run", () => {
  it("reads what was written, of many registers at once, with messages in any order", () => {
    for (let seed = 1; seed <= 2; seed++) {
      const world = new World(seed, four)
      const [one, two] = [world.addClient("one"), world.addClient("two")]
      for (const key of ["x", "y", "", "__proto__"]) world.invoke(one, key, write(`of ${key}`))
      world.run()
      for (const key of ["x", "y", "", "__proto__", "z"]) world.invoke(two, key, read)
      world.run()
      for (const key of ["x", "y", "", "__proto__"])
        expect([seed, key, world.results(two, key)]).toEqual([seed, key, [`of ${key}`]])
      expect(world.results(two, "z")).toEqual([null])
    }
  })

  it("moves all registers to other storage nodes, several times, while clients continue", () => {
    for (let seed = 1; seed <= 2; seed++) {
      const world = new World(seed, four)
      const user = world.addClient("user")
      for (let at = 0; at < 6; at++) world.invoke(user, `k${at}`, write(`v${at}`))
      world.run()
      // The last was given its keys before the first change, or after it.
      for (const name of ["e", "f", "g", "h", ...(seed === 1 ? ["i"] : [])]) world.addServer(name)
      world.invoke(world.administrator, "", change(["e", "f", "g", "h"], four))
      world.run(30)
      // A write that began before continues in the new configuration.
      world.invoke(user, "k0", write("later"))
      world.run()
      expect(world.reconfigured).toEqual([null])
      if (seed === 2) world.addServer("i")
      world.invoke(world.administrator, "", change(["i"], ["e"]))
      world.run()
      expect(world.reconfigured).toEqual([null, null])
      expect(node(world, "i")).toMatchObject({ serves: [2], view: { number: 2 } })
      const late = world.addClient("late")
      // It knows only the first configuration, and learns of no other.
      world.invoke(late, "k1", read)
      world.run()
      expect([world.results(late, "k1"), world.notes(late)]).toEqual([
        [],
        expect.arrayContaining(["forgotten"])
      ])
      // All nodes that it knew were replaced: the directory has to name another.
      world.hint(user, ["b", "f"])
      world.run()
      expect(world.results(user, "k0")).toEqual([null, null])
      for (let at = 0; at < 6; at++) world.invoke(user, `k${at}`, read)
      world.run()
      world.hint(user, ["f"])
      world.run()
      expect(Array.from({ length: 6 }, (_, at) => world.results(user, `k${at}`).at(-1))).toEqual([
        "later",
        ...[1, 2, 3, 4, 5].map((at) => `v${at}`)
      ])
    }
  })

  it("leaves no key with a removed node, and one with each serving node", () => {
    const world = new World(7, four)
    world.addServer("e")
    const secrets = () => node(world, "b").possessions.map(({ key }) => key.secret)
    const [before] = secrets()
    world.invoke(world.administrator, "", change(["e"], ["a"]))
    world.run()
    expect(node(world, "a")).toMatchObject({ key: null, possessions: [], serves: [] })
    for (const name of ["b", "c", "d", "e"]) {
      expect(node(world, name).serves).toEqual([1])
      expect(node(world, name).key).toMatchObject({ times: 1 })
      expect(node(world, name).possessions.map(({ key }) => key.owner)).toEqual([
        { server: name, number: 1 }
      ])
    }
    expect(secrets()).not.toContain(before)
  })

  it("is live and atomic with a liar that is silent, answers with what it made up, or replays", () => {
    for (const lie of ["silent", "garbage", "replay"] as const) {
      const world = new World(3, four)
      const [one, two] = [world.addClient("one"), world.addClient("two")]
      world.invoke(one, "x", write("old"))
      world.run()
      world.liars.set("a", (asked) => {
        if (lie === "silent") return []
        // Everything it ever said, to whoever asks now.
        if (lie === "replay")
          return world.sent
            .filter(({ from }) => from === "a")
            .map((said) => ({ ...said, to: asked.from }))
        return world.attempt("a", asked).map((said) =>
          said.message._tag === "Proven"
            ? {
                ...said,
                message: {
                  ...said.message,
                  proof: {
                    ...said.message.proof,
                    content: { ...said.message.proof.content, written: null }
                  }
                }
              }
            : said
        )
      })
      world.invoke(one, "x", write("new"))
      world.run(400)
      world.invoke(two, "x", read)
      world.run(400)
      expect([lie, world.results(one, "x"), world.results(two, "x")]).toEqual([
        lie,
        [null, null],
        ["new"]
      ])
    }
  })

  it("is atomic with one of four that has forgotten what it acknowledged, and not with two", () => {
    /** What a read finds that begins after the end of a write that d has not received. */
    const foundWith = (liars: ReadonlyArray<string>): unknown => {
      const world = new World(1, four)
      for (const name of liars)
        world.lies.set(
          name,
          lieOf("forgetful", () => 0)
        )
      const [one, two] = [world.addClient("one"), world.addClient("two")]
      world.delays = ({ from, to, message }) =>
        (to === "d" && message._tag === "Set") || (to === "c" && from === two)
      world.invoke(one, "x", write("new"))
      world.run(1000, () => world.results(one, "x").length > 0)
      expect(world.results(one, "x").length).toBe(1)
      world.invoke(two, "x", read)
      world.run(1000)
      world.delays = () => false
      world.run(1000, () => world.results(two, "x").length > 0)
      return world.results(two, "x")[0]
    }
    expect([foundWith([]), foundWith(["a"]), foundWith(["a", "b"])]).toEqual(["new", "new", null])
  })

  it("takes no order that the administrator did not sign, or signed for another", () => {
    const world = new World(5, four)
    world.addServer("e")
    world.invoke(world.administrator, "", change(["e"], ["a"]))
    const forB = world.network.find(({ to }) => to === "b")
    if (forB?.message._tag !== "Order") throw new Error("an order goes to b")
    expect(world.attempt("c", { ...forB, to: "c" })).toEqual([])
    const { order } = forB.message
    const changed = { ...order, content: { ...order.content, to: servers("c")[0] as never } }
    expect(world.attempt("c", { ...forB, message: { _tag: "Order", order: changed } })).toEqual([])
    // Carried by whomever, it is the administrator's.
    expect(world.attempt("b", { ...forB, from: "mallory" }).length).toBeGreaterThan(0)
  })

  it("does not admit a former member again", () => {
    const world = new World(6, four)
    world.addServer("e")
    world.invoke(world.administrator, "", change(["e"], ["a"]))
    world.run()
    world.invoke(world.administrator, "", change(["a"], ["b"]))
    world.run()
    expect(world.reconfigured).toEqual([null, "refused"])
  })
})
