/**
 * Acknowledgements that only count are never lost: compares with searches in which they may be
 * lost, with false promises, and with the proof left out.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { readScenario } from "../../../checker/command/shipped.ts"
import type { Model } from "../../../checker/network/model.ts"
import type { Installation } from "../../../checker/network/reduction.ts"
import {
  acknowledgements,
  acknowledgementsName
} from "../../../checker/network/reductions/acknowledgements.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { type LoadedScenario, load } from "../../../checker/scenario/load.ts"
import { whileReplaced } from "./replacing.ts"
import { checked, loadedFrom, untilExhausted, verdicts } from "./searching.ts"
import { never, type TinyRole, tinyModel } from "./tiny-protocols.ts"

const withoutIt = { reductions: allReductions }
const withIt = { reductions: [...allReductions, acknowledgementsName] }

const shipped = (name: string): LoadedScenario =>
  untilExhausted(Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text))))

describe("shipped scenarios", () => {
  it.each([
    "rambo/two-in-a-row",
    "rambo/ties",
    "dynastore/ties",
    "rambo/mutants/set-phase-not-extended",
    "rambo/mutants/learned-configuration-ignored",
    "rambo/mutants/read-stored-in-one-configuration",
    "rambo/mutants/retire-before-transfer"
  ])("have the same verdicts in fewer states: %s", (name) => {
    const scenario = shipped(name)
    const [plain, reduced] = [checked(scenario, withoutIt), checked(scenario, withIt)]
    expect(reduced.notes).toEqual(plain.notes)
    expect(verdicts(reduced)).toEqual(verdicts(plain))
    expect(reduced.reductions).toContain(acknowledgementsName)
    expect(reduced.counts.distinct).toBeLessThan(plain.counts.distinct)
  })
})

/**
 * A client that asks every server and counts those that have answered; its state is the set of
 * them. Servers are done once they have answered. The effect of counting differs from case to case.
 */
const counting = (
  after: (answered: string) => string,
  isAcknowledgement = true
): { readonly server: TinyRole; readonly client: TinyRole } => ({
  server: {
    first: "idle",
    receives: (state, message, from) =>
      state === "idle" && message === "ask" ? { to: "done", sends: [[from, "ok"]] } : undefined
  },
  client: {
    first: "ready",
    invokes: (state) =>
      state === "ready"
        ? { to: "asked", sends: ["s1", "s2", "s3"].map((to) => [to, "ask"] as const) }
        : undefined,
    receives: (state, message, from) => {
      if (message !== "ok" || !state.startsWith("asked") || state.includes(from)) return undefined
      const answered = [...state.split(" ").slice(1), from].sort().join(" ")
      return { to: after(answered) }
    },
    chooses: (state) => (state === "over" ? [{ to: "told", sends: [["s1", "over"]] }] : []),
    promises: {
      isAnswer: (state, message) => state.startsWith("asked") && message === "ok",
      ...(isAcknowledgement ? { isAcknowledgement: () => true } : {})
    }
  }
})

/** A quorum is any two of the three. */
const atTwo = (answered: string): string =>
  answered.split(" ").length >= 2 ? "over" : `asked ${answered}`
/** It matters which two have answered: after s1 and s2, no node is informed. */
const whoMatters = (answered: string): string =>
  answered === "s1 s2" ? "special" : answered.split(" ").length >= 2 ? "over" : `asked ${answered}`

const model = (after: (answered: string) => string): Model =>
  tinyModel(counting(after), { servers: 3, operations: 1 }, [never("server", "no such state")])

const reductions = ["answers-at-once", acknowledgementsName]
const alone = { reductions: ["answers-at-once"] }

describe("a client that counts answers", () => {
  it("never loses one that is only counted", () => {
    const plain = checked(loadedFrom(model(atTwo), false), alone)
    const reduced = checked(loadedFrom(model(atTwo), false), { reductions })
    expect(reduced.notes).toEqual([])
    expect(reduced.counts.distinct).toBeLessThan(plain.counts.distinct)
  })

  it("is found out if it matters which answers were counted", () => {
    const { notes } = checked(loadedFrom(model(whoMatters), false), { reductions })
    expect(notes.join()).toMatch(
      /acknowledgements.*c1 promised that a message is an acknowledgement/s
    )
  })

  it("is found out if it could do more by itself without one", () => {
    const { server, client } = counting(atTwo)
    const patient: TinyRole = {
      ...client,
      chooses: (state) => (state === "asked" ? [{ to: "gave up" }] : [])
    }
    const lying = tinyModel({ server, client: patient }, { servers: 3, operations: 1 }, [
      never("server", "no such state")
    ])
    const { notes } = checked(loadedFrom(lying, false), { reductions })
    expect(notes.join()).toMatch(/without it, it could take more steps of its own/)
  })
})

/**
 * Storage nodes s2 and s3 answer only once s1 has. Once the answer of s1 is counted, no node is
 * informed: so a node is informed only if that answer is lost.
 */
const afterLoss = (): Model => {
  const { server, client } = counting((answered) =>
    answered === "s2 s3" ? "over" : `asked ${answered}`
  )
  const inTurn: TinyRole = {
    first: "idle",
    receives: (state, message, from, self) => {
      if (message === "over") return { to: "told" }
      if (message === "go" && state === "idle") return { to: "going" }
      if (message !== "ask" || state !== (self === "s1" ? "idle" : "going")) return undefined
      const others = self === "s1" ? (["s2", "s3"] as const) : []
      return {
        ...server.receives?.("idle", "ask", from, self),
        sends: [[from, "ok"], ...others.map((to) => [to, "go"] as const)]
      }
    }
  }
  const roles = { server: inTurn, client }
  return tinyModel(roles, { servers: 3, operations: 1 }, [never("server", "told")])
}

describe("a violation that does not need an acknowledgement", () => {
  it("is found a step later, and its counterexample is not called shortest", () => {
    const roles = counting(atTwo)
    const scenario = loadedFrom(
      tinyModel(roles, { servers: 3, operations: 1 }, [never("server", "done")]),
      false
    )
    const told = [alone, { reductions }].map((options) =>
      checked(scenario, options).properties.map(({ counterexample }) => [
        counterexample?.steps.length,
        counterexample?.shortest
      ])
    )
    expect(told).toEqual([[[2, true]], [[3, false]]])
  })
})

describe("a violation that needs the loss of an answer", () => {
  const scenario = loadedFrom(afterLoss(), false)

  it("is found, for the promise is refuted", () => {
    const plain = checked(scenario, alone)
    expect(verdicts(plain)).toEqual({ "never told": "violated" })
    const reduced = checked(scenario, { reductions })
    expect(reduced.notes.join()).toMatch(/acknowledgement/)
    expect(verdicts(reduced)).toEqual(verdicts(plain))
  })

  it("would be lost if the promise were believed: the comparison is effective", () => {
    const believing = ({ hooks }: Installation) => {
      hooks.isCounted = () => true
    }
    whileReplaced({ prototype: acknowledgements }, "install", believing, () =>
      expect(verdicts(checked(scenario, { reductions }))).toEqual({ "never told": "holds" })
    )
  })
})
