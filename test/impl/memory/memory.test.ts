/**
 * A node judges its memory by marks that other nodes keep, and that only the node itself can make.
 */
import { describe, expect, it } from "vitest"
import { isKeyOf, mint, nameOf } from "../../../impl/memory/identity.ts"
import { isGenuine, type Mark, marker } from "../../../impl/memory/mark.ts"
import { Marks } from "../../../impl/memory/marks.ts"
import { Memory } from "../../../impl/memory/memory.ts"

const identity = mint("s2")
const nobody = () => false
/** A memory after these sessions; each began at its position. */
const having = (...sessions: ReadonlyArray<readonly [from: number, nonce: string]>): Memory => {
  const memory = new Memory(identity, nobody)
  for (const [from, nonce] of sessions) memory.begin(from, nonce)
  return memory
}
const markOf = (memory: Memory, position: number): Mark => memory.mark(position) as Mark

describe("an identity", () => {
  it("is a name and the fingerprint of a key, another one each time", () => {
    expect(nameOf(identity.id)).toBe("s2")
    expect(isKeyOf(identity.id, identity.publicKey)).toBe(true)
    expect(mint("s2").id).not.toBe(identity.id)
    expect(isKeyOf(mint("s2").id, identity.publicKey)).toBe(false)
  })
})

describe("a memory", () => {
  it("is complete by each mark that it made itself, in any session", () => {
    const memory = having([1, "a"])
    const marks = [markOf(memory, 1), markOf(memory, 7)]
    memory.begin(7, "b")
    marks.push(markOf(memory, 7), markOf(memory, 30))
    for (const mark of marks) expect(memory.isBehind(mark, 30)).toBe(false)
  })

  it("is behind a mark beyond its end, however far it has grown since", () => {
    const lost = markOf(having([1, "a"]), 9)
    // The backup was made at position 5, and started again.
    const backup = having([1, "a"], [5, "b"])
    expect(backup.isBehind(lost, 5)).toBe(true)
    expect(backup.isBehind(lost, 500)).toBe(true)
  })

  it("is behind a mark of an unknown session: another process continued from a copy", () => {
    const [one, other] = [having([1, "a"], [5, "b"]), having([1, "a"], [5, "c"])]
    expect(one.isBehind(markOf(other, 6), 6)).toBe(true)
    expect(other.isBehind(markOf(one, 6), 6)).toBe(true)
    const later = having([1, "a"], [5, "b"], [6, "d"])
    expect(one.isBehind(markOf(later, 6), 6)).toBe(true)
  })

  it("accepts no mark that it did not make", () => {
    const forger = marker({ ...mint("s2"), id: identity.id })
    const forged = forger({ session: 9, nonce: "x", position: 1000 })
    const borrowed = { ...forged, key: identity.publicKey }
    const raised = { ...markOf(having([1, "a"]), 2), position: 1000 }
    for (const mark of [forged, borrowed, raised])
      expect(having([1, "a"]).isBehind(mark, 3)).toBe(false)
  })

  it("names its node, and is refused to any other", () => {
    const memory = having()
    expect(memory.problem()).toMatch(/beginning is missing/)
    memory.restore({ node: mint("s1").id })
    expect(memory.problem()).toMatch(/holds the memory of s1~.*, but node.json names s2~/)
    memory.restore({ node: identity.id })
    expect(memory.problem()).toBeUndefined()
  })

  it("is the same after a snapshot", () => {
    const memory = having([1, "a"], [5, "b"])
    const restored = new Memory(identity, nobody)
    for (const record of memory.records()) restored.restore(record)
    expect(restored.isBehind(markOf(memory, 8), 8)).toBe(false)
    expect(restored.isBehind(markOf(memory, 9), 8)).toBe(true)
  })
})

describe("the marks of other nodes", () => {
  it("are kept, the latest of each node, if their nodes made them", () => {
    const marks = new Marks()
    const memory = having([1, "a"])
    const [first, second] = [markOf(memory, 2), markOf(memory, 3)]
    expect([second, first, second].map((mark) => marks.hear(mark))).toEqual([
      "news",
      "known",
      "known"
    ])
    expect(marks.all).toEqual([second])
    expect(marks.hear({ ...second, position: 4 })).toBe("forged")
    expect(marks.hear({ ...second, node: mint("s2").id })).toBe("forged")
    // For an identity that is only a name, no node can tell whether it made the mark.
    expect(
      isGenuine(marker({ ...identity, id: "s2" })({ session: 1, nonce: "a", position: 1 }))
    ).toBe(false)
    expect(marks.all).toEqual([second])
  })

  it("are bounded, and only of wanted nodes", () => {
    const chosen = new Marks((node) => node === identity.id)
    const stranger =
      markOf(new Memory(identity, nobody), 1) ??
      marker(mint("x"))({ session: 1, nonce: "a", position: 1 })
    expect(chosen.hear(stranger)).toBe("known")
    expect(chosen.hear(markOf(having([1, "a"]), 2))).toBe("news")
    const all = new Marks()
    for (let number = 0; number < 300; number++) {
      all.hear(marker(mint(`s${number}`))({ session: 1, nonce: "a", position: 1 }))
    }
    expect(all.all).toHaveLength(256)
  })
})
