/**
 * Forgetting: the executable specification does with its keys what the model says, and no mutant
 * that forgets too little does.
 */
import { describe, expect, it } from "vitest"
import { forgetting as model } from "../../../proofs/forgetting/model.ts"
import { tieOf } from "../../../proofs/forgetting/tie.ts"
import type { Nonce } from "../../../spec/administrator/messages.ts"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { possessionFor } from "../../../spec/forgetting/keys.ts"
import { forgetting } from "../../../spec/forgetting/protocol.ts"
import { variants } from "../../../spec/forgetting/variants.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { administrator, client, servers } from "../../../spec/nodes/nodes.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"
import { followRuns, names, systemUnder } from "../ties.ts"

const admin = administrator("admin")
const first = servers("s1", "s2", "s3", "s4")
const liar = "s4"
const changes = [
  ["+s5", "-s3"],
  ["+s6", "-s1"]
]
const parameters = {
  servers: servers(...names("s", 6)),
  clients: names("c", 2).map(client),
  configuration: tolerating(byzantineFaults, first),
  administrator: admin
}
const maxConfigurations = 4

/** The administrator changes the configuration twice; clients read and write. */
const operations = () => {
  const left = [...changes]
  let writes = 0
  return (node: string, random: (below: number) => number): AnyOperation | undefined => {
    if (node !== admin)
      return (
        random(2) === 0 ? { _tag: "Read" } : { _tag: "Write", value: ++writes }
      ) as AnyOperation
    if (random(12) !== 0) return undefined
    const change = left.shift()
    return change && ({ _tag: "Reconfigure", ...changeOf(change) } as unknown as AnyOperation)
  }
}

/**
 * A liar proves that it holds nothing: with its key, with that of another time, or with its own.
 */
const answer = (
  asked: unknown,
  _sent: ReadonlyArray<unknown>,
  random: (below: number) => number
): unknown => {
  const { nonce } = asked as { readonly nonce?: Nonce }
  if (nonce === undefined) return asked
  const by = symbolic.ownKey(random(3) === 0 ? administrator(liar) : admin)
  const number = random(3) === 0 ? random(maxConfigurations) : nonce.number
  const view = { number, members: first }
  const [possession] = servers(liar).map((self) => possessionFor(symbolic, by, self, view))
  if (possession === undefined) return asked
  const { certificate, key } = possession
  const proof = symbolic.sign(key, { nonce, written: null })
  return { _tag: "Proven", certificate, proof }
}

const followed = (
  variant: string,
  runs: number,
  liars: ReadonlyArray<string>,
  judgedEvery = 1000
) =>
  followRuns(
    () => tieOf(model, { parameters, liars, maxConfigurations }),
    systemUnder(forgetting, parameters, variant),
    {
      ...{ runs, steps: 250, operations, judgedEvery },
      lies: { liars, answer }
    }
  )

const caught: ReadonlyArray<readonly [variant: string, where: RegExp]> = [
  ["printed", /^knowsSymmetric\(s\d, 1\) does not hold/],
  ["printed-in-clear", /^knowsSymmetric\(s\d, 1\) does not hold/],
  ["old-symmetric-key-kept", /^leadsTo: /],
  ["private-key-kept-by-who-leaves", /^possesses: /],
  ["private-key-kept-by-who-stays", /^possesses: /],
  ["serves-old-configuration", /^possesses: /],
  ["asked-is-stopped", /^forgotten\(0\) does not hold/],
  ["one-stopped-too-few", /is no super-majority of configuration 0/],
  ["copied-before-stopping", /^asked\(admin#1.0.get\) does not hold/],
  ["quorum-one-short", /is no super-majority of configuration/],
  ["configurations-mixed", /^asked: /],
  ["no-nonce", /^startPhase cannot be taken/],
  ["one-nonce-per-operation", /^startPhase cannot be taken/],
  ["certificate-not-checked", /^receiveAnswer cannot be taken/],
  ["number-not-certified", /^receiveAnswer cannot be taken/],
  ["stopped-unproved", /^receiveStopped cannot be taken/]
]
/** What they break is atomicity, or that anything ends; the model speaks of keys. */
const ofData = [
  "every-new-view-in-turn",
  "newest-new-view-first",
  "stops-before-it-serves",
  "serves-without-data",
  "write-unconfirmed",
  "read-sets-anew",
  "write-chooses-again",
  "read-without-write-back"
]

describe("forgetting is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const results = [followed("correct", 20, [], 60), followed("correct", 20, [liar], 60)]
    expect(results.map(({ departure }) => departure)).toEqual([undefined, undefined])
    expect(results.reduce((sum, { judged }) => sum + judged, 0)).toBeGreaterThan(50)
    const taken = new Set(results.flatMap((one) => [...one.taken]))
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("follows a client that confirms nothing, which is right where liars are few until they stop", () => {
    expect(followed("unconfirmed", 5, [liar]).departure).toBeUndefined()
  })

  it.each(caught)("does not follow %s", (variant, where) => {
    expect(followed(variant, 30, [liar]).departure).toMatch(where)
  })

  it.each(ofData)("follows %s, which harms at most stored data, and still forgets", (variant) => {
    expect(followed(variant, 5, [liar]).departure).toBeUndefined()
  })

  it("leaves out no mutant", () => {
    const mutants = variants.filter(({ kind }) => kind === "mutant").map(({ name }) => name)
    expect([...caught.map(([name]) => name), ...ofData].toSorted()).toEqual(mutants.toSorted())
  })
})
