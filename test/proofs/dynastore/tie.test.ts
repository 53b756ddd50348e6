/**
 * The model of DynaStore follows the executable specification in random runs. What loses safety is not followed.
 */
import { describe, expect, it } from "vitest"
import { dynastore } from "../../../proofs/dynastore/model.ts"
import { type Domain, type Followed, tieOf } from "../../../proofs/dynastore/tie.ts"
import { falseIn } from "../../../proofs/structure/step.ts"
import { NotFollowed } from "../../../proofs/tie/claims.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { directory } from "../../../spec/directory/directory.ts"
import type { Rules } from "../../../spec/dynastore/rules.ts"
import { variants } from "../../../spec/dynastore/variants.ts"
import type { ClientId, ServerId } from "../../../spec/nodes/nodes.ts"
import type { StorageOperation } from "../../../spec/storage/reconfiguration.ts"

const rulesOf = (name: string): Rules => {
  const variant = variants.find((one) => one.name === name)
  if (variant === undefined) throw new Error(`there is no variant ${name}`)
  return variant.rules
}
const named = (...names: ReadonlyArray<string>) => names.map((name) => name as ServerId)
const write = (value: number): StorageOperation => ({ _tag: "Write", value })
const read: StorageOperation = { _tag: "Read" }
const reconfigure = (add: ReadonlyArray<string>, remove: ReadonlyArray<string>): StorageOperation => ({
  _tag: "Reconfigure",
  add: named(...add),
  remove: named(...remove)
})
const [c1, c2, c3, c4] = ["c1", "c2", "c3", "c4"].map((id) => id as ClientId) as [
  ClientId,
  ClientId,
  ClientId,
  ClientId
]

/** Two reconfigurations at once, and one after them; writes and reads beside them. */
const domainOf = (variant: string, hasDirectory: boolean): Domain => ({
  servers: named("s1", "s2", "s3", "s4"),
  configuration: majority(named("s1", "s2")),
  ...(hasDirectory && { directory: directory("d1") }),
  rules: rulesOf(variant),
  scripts: new Map([
    [c1, [reconfigure(["s3"], []), read]],
    [c2, [reconfigure(["s4"], ["s1"]), write(2)]],
    [c3, [write(1), write(3)]],
    [c4, [read, read]]
  ])
})

/** Numbers from a seed, below 1. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
  return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
}

/** Follows a random run to its end; says how many steps it had, and which transitions they were. */
const runOf = (domain: Domain, seed: number, visit: (followed: Followed) => void = () => undefined) => {
  const { initially, eventsIn, follow } = tieOf(domain)
  const next = random(seed)
  const used = new Set<string>()
  let followed = initially()
  for (let steps = 0; ; steps++) {
    const events = eventsIn(followed.state)
    const event = events[Math.floor(next() * events.length)]
    if (event === undefined) return { steps, used }
    const step = follow(followed, event)
    followed = step.followed
    for (const transition of step.taken) used.add(transition)
    if (next() < 0.003) visit(followed)
  }
}

const livenessAlone = ["members-not-notified", "announcement-not-awaited"]
/** What a weak snapshot promises is taken for granted here: its own tie catches these. */
const ofSnapshots = ["one-collect", "no-write-back"]
const mutants = variants.filter(({ kind }) => kind === "mutant").map(({ name }) => name)

describe("random runs of DynaStore", () => {
  it("are followed, take every transition of the model, and keep its invariant", () => {
    const used = new Set<string>()
    let [steps, visited] = [0, 0]
    for (let seed = 1; seed <= 12; seed++) {
      const run = runOf(domainOf("correct", seed % 2 === 0), seed, ({ structure }) => {
        visited++
        expect(falseIn(structure, { ...dynastore.axioms, ...dynastore.invariant })).toEqual([])
      })
      steps += run.steps
      for (const transition of run.used) used.add(transition)
    }
    console.log(steps, visited)
    expect([...used].sort()).toEqual(Object.keys(dynastore.transitions).sort())
  })

  it.each(livenessAlone)("are followed where they are runs of %s, which loses liveness alone", (variant) => {
    for (let seed = 1; seed <= 3; seed++) runOf(domainOf(variant, true), seed)
  })

  it.each(mutants.filter((name) => ![...livenessAlone, ...ofSnapshots].includes(name)))(
    "are not followed where they are runs of %s",
    (variant) => {
      const runs = () => {
        for (let seed = 1; seed <= 30; seed++) runOf(domainOf(variant, true), seed)
      }
      expect(runs).toThrow(NotFollowed)
    }
  )
})
