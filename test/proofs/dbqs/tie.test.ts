/**
 * dBQS through three epochs, with storage nodes that lie: the executable specification does what
 * the model says, and no mutant does.
 */
import { describe, expect, it } from "vitest"
import { tieOf } from "../../../proofs/dbqs/tie.ts"
import { protocol as modelled } from "../../../proofs/dbqs/variants.ts"
import { chose, invoked, setting } from "../../../proofs/register/history.ts"
import type { AnyInput, AnyStep, Plan } from "../../../proofs/tie/run.ts"
import { followStep } from "../../../proofs/tie/tie.ts"
import { Departure } from "../../../proofs/tie/world.ts"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import type { Message, Nonce } from "../../../spec/dbqs/messages.ts"
import { dbqs } from "../../../spec/dbqs/protocol.ts"
import { forged } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { administrator, client, servers } from "../../../spec/nodes/nodes.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"
import { followRuns, names, systemUnder } from "../ties.ts"

const admin = administrator("admin")
const first = servers("a", "b", "c", "d")
/** (A change that the random run passes over is part of the next one.) */
const changes = [
  ["+x", "-a"],
  ["+x", "+y", "-a", "-b"]
]
const parameters = {
  servers: servers("a", "b", "c", "d", "x", "y"),
  clients: names("c", 2).map(client),
  configuration: tolerating(byzantineFaults, first),
  administrator: admin
}
/** The service announces two epochs; clients read and write. */
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

/** A liar reports any pair that it has seen, none, or one that it makes up. */
const pairOfLiar = (sent: ReadonlyArray<unknown>, random: (below: number) => number): unknown => {
  const seen = sent.flatMap((message) => {
    const { _tag, stored } = message as { readonly _tag: string; readonly stored?: unknown }
    return _tag === "Set" ? [stored] : []
  })
  const timestamp = { number: 1 + random(9), client: "c1" }
  const madeUp = { signer: "c1", content: { value: "lie", timestamp }, signature: forged }
  const restamped = seen.flatMap((one) => {
    const { signed } = one as { readonly signed?: { readonly signer: string } }
    return signed === undefined
      ? []
      : [{ ...(one as object), timestamp: { ...timestamp, client: signed.signer } }]
  })
  const all = [...seen, null, madeUp, ...restamped]
  return all[random(all.length)]
}

/** It also shows a certificate that it has made up. */
const staleOfLiar = (nonce: Nonce) => ({
  _tag: "Stale",
  nonce,
  certificate: {
    signer: admin,
    content: { number: 3, members: servers("a", "y") },
    signature: forged
  }
})

const answer: NonNullable<Plan["lies"]>["answer"] = (given, sent, random) => {
  const asked = given as Message
  switch (asked._tag) {
    case "Get":
    case "Set":
      return random(6) === 0
        ? staleOfLiar(asked.nonce)
        : { _tag: "Answer", nonce: asked.nonce, stored: pairOfLiar(sent, random) }
    case "Transfer": {
      const { number } = asked
      return { _tag: "Handover", number, written: pairOfLiar(sent, random), contents: [] }
    }
    default:
      return { _tag: "Complete", number: 1 + random(2) }
  }
}

/** It informs some storage node of what it learns from the service. */
const to: NonNullable<Plan["lies"]>["to"] = (asked, asker, random) => {
  const some = parameters.servers[random(parameters.servers.length)]
  return (asked as Message)._tag === "Notice" && some !== undefined ? some : asker
}

const followed = (
  variant: string,
  by = "correct",
  runs = 40,
  judgedEvery = 1000,
  liars: ReadonlyArray<string> = ["a"]
) => {
  const model = modelled.variants.find(({ name }) => name === by)?.model
  if (model === undefined) throw new Error(`no model ${by}`)
  const { servers: all, clients } = parameters
  return {
    model,
    ...followRuns(
      () => tieOf(model, { servers: all, clients, liars, members: first }),
      systemUnder(dbqs, parameters, variant),
      { runs, steps: 260, operations, judgedEvery, lies: { liars, answer, to } }
    )
  }
}

const departures: ReadonlyArray<readonly [variant: string, by: string, why: RegExp]> = [
  ["epochs-mixed", "correct", /^receiveAnswerToGet cannot be taken|is no quorum of epoch/],
  ["phase-not-restarted", "correct", /^answered: the model has \{\}, the executable \{c/],
  ["quorum-one-short", "correct", /is no quorum of epoch 0/],
  ["read-without-write-back", "correct", /^finishAtOnce cannot be taken/],
  ["version-unsigned", "correct", /^lieAbout(Pair|Handover) cannot be taken/],
  ["certificate-not-verified", "correct", /^there is no epoch 3/],
  ["old-epoch-served", "correct", /^receiveGet cannot be taken/],
  ["served-without-data", "correct", /^receiveGet cannot be taken .*: condition 4$/],
  ["copied-from-too-few", "correct", /is no quorum of epoch 0/],
  ["copied-from-serving", "correct", /^receiveTransfer cannot be taken/],
  ["epoch-skipped", "correct", /^startCopying cannot be taken/],
  ["copied-from-incomplete", "correct", /^receiveTransfer cannot be taken .*: condition 5$/],
  ["erased-at-once", "old-replicas-erase", /^erase cannot be taken/],
  ["erased-by-quorum", "old-replicas-erase", /^erase cannot be taken/]
]
/** What random runs hardly come to: `b` leaves while `x`, which came before that, is late. */
const early = "erased-before-late-copies"

/** Follows `b` into two epochs: the node that is new in the second has the data, `x` is silent. */
const followLeaver = (variant: string): string | undefined => {
  const model = modelled.variants.find(({ name }) => name === "old-replicas-erase")?.model
  if (model === undefined) throw new Error("no model")
  const system = systemUnder(dbqs, parameters, variant)
  const { servers: all, clients, configuration } = parameters
  const { members } = configuration
  const tie = tieOf(model, { servers: all, clients, liars: ["y"], members })
  const world = tie.world()
  const [writer] = clients
  const pair = { signer: writer, content: { value: 1, timestamp: { number: 1, client: writer } } }
  const o = "c1#1"
  for (const one of [invoked, setting]) world.suppose(one, o)
  world.suppose(chose, o, "1@c1", "1")
  const states = new Map<string, unknown>()
  const take = (id: string, input: AnyInput): AnyStep => {
    const node = system.nodes.find((one) => one.id === id)
    if (node === undefined) throw new Error(`nobody is ${id}`)
    const { process, role } = node
    const before = states.get(id) ?? process.initial(system.context, node.id)
    const step = process.step(system.context, node.id, before, input)
    states.set(id, step.state)
    followStep(tie, world, { node: node.id, role, before, input, step })
    return step
  }
  const receive = (from: string, message: unknown) =>
    take("b", { _tag: "Receive", from: from as NodeId, message })
  const announce = (change: ReadonlyArray<string>) => {
    const operation = { _tag: "Reconfigure", ...changeOf(change) } as unknown as AnyOperation
    receive(admin, take(admin, { _tag: "Invoke", operation }).sends[0]?.message)
  }
  try {
    announce(["+x", "-a"])
    const nonce = { asker: writer, operation: 1, number: 1, stage: "set" }
    receive("c1", { _tag: "Set", nonce, stored: pair })
    announce(["+y", "-b"])
    receive("y", { _tag: "Complete", number: 2 })
  } catch (error) {
    if (error instanceof Departure) return error.message
    throw error
  }
  return undefined
}

/** It harms content-hash objects, which are not part of the model. */
const ofContent = "hash-not-verified"

describe("dBQS is tied to its model", () => {
  it.each(["correct", "old-replicas-erase"])(
    "follows random runs of %s, in which every transition is taken and every sentence holds",
    (variant) => {
      // Of each group one lies.
      const results = [["a", "y"], ["a"]].map((liars) => followed(variant, variant, 14, 60, liars))
      expect(results.map(({ departure }) => departure)).toEqual([undefined, undefined])
      expect(results.reduce((sum, { judged }) => sum + judged, 0)).toBeGreaterThan(50)
      const taken = new Set(results.flatMap((one) => [...one.taken]))
      const transitions = results.flatMap(({ model }) => Object.keys(model.transitions))
      expect(taken).toEqual(new Set(transitions))
    }
  )

  it("leaves out no mutant", () => {
    const mutants = dbqs.variants.filter(({ kind }) => kind === "mutant").map(({ name }) => name)
    const known = [...departures.map(([name]) => name), early, ofContent]
    expect(known.toSorted()).toEqual(mutants.toSorted())
  })

  it.each(departures)("does not follow %s", (variant, by, why) => {
    expect(followed(variant, by).departure).toMatch(why)
  })

  it("does not follow one that erases what a late replica has yet to copy", () => {
    expect(followLeaver(early)).toMatch(/^erase cannot be taken/)
    expect(followLeaver("old-replicas-erase")).toBeUndefined()
  })

  it("follows one that harms content-hash objects alone", () => {
    expect(followed(ofContent, "correct", 5).departure).toBeUndefined()
  })
})
