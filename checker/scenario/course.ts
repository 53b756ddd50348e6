/**
 * The course of a scenario: finds the steps that people name, one after another, from the initial
 * state on.
 */
import * as Result from "effect/Result"
import { canonical } from "../../spec/kernel/data.ts"
import { type PossibleStep, possibleSteps } from "../network/course.ts"
import type { Event, Model } from "../network/model.ts"
import { Network } from "../network/network.ts"
import { eventSentence } from "../report/event-sentence.ts"
import { actionData, wordsOf } from "../report/trace.ts"
import { type Loaded, refused } from "./refusal.ts"
import type { GivenStep } from "./scenario.ts"

/** The maximum number of steps that a message lists. */
const maxListed = 8

/** The events of the steps; or which of them is not possible, or not the only one of its name. */
export const courseOf = (
  source: string,
  model: Model,
  steps: ReadonlyArray<GivenStep>
): Loaded<ReadonlyArray<Event>> =>
  Result.gen(function* () {
    const network = new Network(model)
    const events: Array<Event> = []
    let state = network.start
    for (const [at, given] of steps.entries()) {
      const step = yield* stepOf(source, `after[${at}]`, network, state, given)
      events.push(step.event)
      state = step.after
    }
    return events
  })

const stepOf = (
  source: string,
  place: string,
  network: Network,
  state: Int32Array,
  given: GivenStep
): Loaded<PossibleStep> => {
  const { model } = network
  const words = wordsOf(model)
  const sentence = ({ event }: PossibleStep) => eventSentence(words, event)
  const possible = possibleSteps(network, state)
  const wanted = keyOf(given)
  const found = possible.filter((step) =>
    typeof given === "string" ? keyOf(sentence(step)) === wanted : dataOf(step.event) === wanted
  )
  const [step, ...others] = found
  if (step === undefined) {
    const node = typeof given === "string" ? given.trim().split(/\s/)[0] : given.node
    const own = possible.filter(({ event }) => event.node === node)
    const listed = own.length === 0 ? possible : own
    const what = typeof given === "string" ? `"${given}"` : wanted
    return refused(
      source,
      place,
      `${what} is not possible there`,
      listed.length === 0
        ? "no step is: end the course before it"
        : `possible: ${list(listed.map(sentence))}`
    )
  }
  if (others.length > 0)
    return refused(
      source,
      place,
      `${found.length} steps are written like this`,
      `write one of them as data: ${list(found.map(({ event }) => dataOf(event)))}`
    )
  const broken = network.properties.filter((_, bit) => (step.failures & (1 << bit)) !== 0)
  if (broken.length > 0)
    return refused(
      source,
      place,
      `this step violates ${broken.join(" and ")}, so nothing after it would be asked`,
      "end the course before it"
    )
  return Result.succeed(step)
}

/** Quotation marks may be left out: in JSON they would need backslashes. */
const keyOf = (given: GivenStep): string =>
  typeof given === "string"
    ? given.replaceAll('"', "").trim().split(/\s+/).join(" ")
    : canonical({ node: given.node, action: given.action })

/** A step as the JSON document of a counterexample names it. */
const dataOf = ({ node, action }: Event): string => canonical({ node, action: actionData(action) })

const list = (texts: ReadonlyArray<string>): string => {
  const rest = texts.length - maxListed
  return `${texts.slice(0, maxListed).join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`
}
