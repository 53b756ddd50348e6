/**
 * The goal of a search for "the shortest way to a state where …", as people write it:
 *
 *   atomicity is broken            a property
 *   s1.pair.value = 1              a field of a node's state; also != < > <= >=
 *   c1.activity is Setting         the kind of a record
 *   s1.pair = 1@1.c1               anything by the words in which the page shows it
 *   some server.pair.value = 1     of some node of a role, or of every one
 *   server receives Set            a step, by a role or by a node
 *   c2 returns 1                   the end of an operation; without a value, any
 *
 * "and" joins several goals: they hold in one state, and a named step leads to it.
 */
import * as Result from "effect/Result"
import type { NodeId } from "../../spec/kernel/node.ts"
import { describeResult } from "../../spec/kernel/object.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import { actionKind, type Event, faultsOf, type Model, nodesOf } from "../network/model.ts"
import type { Network } from "../network/network.ts"
import { gone } from "../network/process-table.ts"
import { wordsFor } from "../report/terms.ts"
import { suggest } from "../scenario/load.ts"

/** A goal on the numbers of a network: on states, and on the transitions that lead to them. */
export interface Goal {
  /** Whether the goal names a step; then a step reaches it. */
  readonly namesStep: boolean
  readonly holdsIn: (state: Int32Array) => boolean
  /** Whether the transition is a goal; its successor is the current one. */
  readonly isStep: (label: number) => boolean
}

interface Clause {
  readonly holdsIn?: (state: Int32Array) => boolean
  readonly isStep?: (label: number) => boolean
}

type Read = Result.Result<Clause, string>

/** Reads a goal. Describes an error in its text in a sentence. */
export const goalOf = (network: Network, text: string): Result.Result<Goal, string> => {
  const parts = text.split(/\s+and\s+/).map((part) => part.trim())
  const clauses: Array<Clause> = []
  for (const part of parts) {
    const read = clauseOf(network, part)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    clauses.push(read.success)
  }
  const ofStates = clauses.flatMap(({ holdsIn }) => (holdsIn === undefined ? [] : [holdsIn]))
  const ofSteps = clauses.flatMap(({ isStep }) => (isStep === undefined ? [] : [isStep]))
  return Result.succeed({
    namesStep: ofSteps.length > 0,
    holdsIn: (state) => ofStates.every((holdsIn) => holdsIn(state)),
    isStep: (label) => ofSteps.every((isStep) => isStep(label))
  })
}

const examples = `write "s1.pair.value = 1", "server receives Set", "c2 returns 1" or "atomicity is broken"`

const clauseOf = (network: Network, text: string): Read => {
  const broken = /^(\S+) is broken$/.exec(text)
  if (broken !== null) return brokenClause(network, broken[1] as string)
  const field =
    /^(?:(some|every)\s+)?([^\s.]+)((?:\.[\w-]+)*)\s*(<=|>=|!=|=|<|>|\bis\b)\s*(.+)$/.exec(text)
  if (field !== null && (field[3] !== "" || field[4] === "is")) {
    const [, quantifier, subject = "", path = "", operator = "", value = ""] = field
    return fieldClause(network, {
      quantifier,
      subject,
      path: path.split(".").slice(1),
      operator,
      value
    })
  }
  const returned = /^(\S+) returns(?:\s+(.+))?$/.exec(text)
  if (returned !== null) return returnClause(network, returned[1] as string, returned[2])
  const [subject = "", ...action] = text.split(/\s+/)
  return action.length === 0
    ? Result.fail(
        text === "" ? `no goal is given: ${examples}` : `"${text}" is not a goal: ${examples}`
      )
    : stepClause(network, subject, action.join(" "))
}

const brokenClause = (network: Network, name: string): Read => {
  const bit = network.properties.indexOf(name)
  if (bit >= 0)
    return Result.succeed({ holdsIn: (state) => (network.judge(state) & (1 << bit)) !== 0 })
  return name === deadlockFreedom
    ? Result.fail(`ask "can it still be violated" of ${deadlockFreedom}`)
    : Result.fail(`no property "${name}" is checked here: ${suggest(name, network.properties)}`)
}

interface FieldAsked {
  readonly quantifier: string | undefined
  readonly subject: string
  readonly path: ReadonlyArray<string>
  readonly operator: string
  readonly value: string
}

const fieldClause = (
  network: Network,
  { quantifier, subject, path, operator, value }: FieldAsked
): Read => {
  const nodes = subjectsOf(network.model, subject)
  if (Result.isFailure(nodes)) return Result.fail(nodes.failure)
  const slots = nodes.success
  const { locals, processes } = network
  const { objects } = network.model.protocol
  const known = new Map<number, boolean>()
  const holdsOf = (process: number): boolean => {
    const before = known.get(process)
    if (before !== undefined) return before
    const found = at(processes.stateOf(process), path)
    const holds =
      found !== undefined && compares(found, operator, value, wordsFor(objects, found, path.at(-1)))
    known.set(process, holds)
    return holds
  }
  const holdsAt = (state: Int32Array) => (slot: number) => {
    const process = locals.processOf(state[slot] as number)
    return process !== gone && holdsOf(process)
  }
  return Result.succeed({
    holdsIn: (state) =>
      quantifier === "every" ? slots.every(holdsAt(state)) : slots.some(holdsAt(state))
  })
}

/** The slots of the node with this name, or of the nodes of this role. */
const subjectsOf = (
  model: Model,
  subject: string
): Result.Result<ReadonlyArray<number>, string> => {
  const nodes = nodesOf(model)
  const slots = nodes.flatMap(({ id, role }, slot) =>
    id === subject || role === subject ? [slot] : []
  )
  const names = [...nodes.map(({ id }) => id as string), ...new Set(nodes.map(({ role }) => role))]
  return slots.length > 0
    ? Result.succeed(slots)
    : Result.fail(`there is no node or role "${subject}": ${suggest(subject, names)}`)
}

/** The value at a path; undefined if there is none. */
const at = (value: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (found, field) =>
      typeof found === "object" && found !== null
        ? (found as Record<string, unknown>)[field]
        : undefined,
    value
  )

const compares = (found: unknown, operator: string, value: string, words: string): boolean => {
  const isEqual = words === value || String(found) === value || (found === null && value === "null")
  switch (operator) {
    case "is":
      return (
        isEqual ||
        (typeof found === "object" && found !== null && "_tag" in found && found._tag === value)
      )
    case "=":
      return isEqual
    case "!=":
      return !isEqual
    default: {
      const [left, right] = [Number(found), Number(value)]
      return (
        { "<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right }[
          operator
        ] ?? false
      )
    }
  }
}

const stepClause = (network: Network, subject: string, action: string): Read => {
  const nodes = subjectsOf(network.model, subject)
  if (Result.isFailure(nodes)) return Result.fail(nodes.failure)
  const verbs = [
    "invokes",
    "receives",
    "takes step",
    ...faultsOf(network.model).map(({ verb }) => verb)
  ]
  if (!verbs.some((verb) => action.startsWith(verb)))
    return Result.fail(
      `"${action}" is not a step: write ${verbs.map((verb) => `"${verb} …"`).join(", ")}`
    )
  const { model } = network
  const faults = faultsOf(model)
  const ids = nodes.success.map((slot) => model.system.nodes[slot]?.id)
  const roleOf = new Map<NodeId, string>(model.system.nodes.map(({ id, role }) => [id, role]))
  return Result.succeed({
    isStep: onEvents(network, (event) => {
      const role = roleOf.get(event.node) ?? ""
      return (
        ids.includes(event.node) && actionKind(faults, role, event.action) === `${role} ${action}`
      )
    })
  })
}

const returnClause = (network: Network, subject: string, result: string | undefined): Read => {
  const nodes = subjectsOf(network.model, subject)
  if (Result.isFailure(nodes)) return Result.fail(nodes.failure)
  const { locals, processes, model } = network
  const { transitions } = locals
  return Result.succeed({
    isStep: (label) => {
      const events = transitions.eventsOf.items[label] as number
      return (
        nodes.success.includes(transitions.slotOf.items[label] as number) &&
        events >= 0 &&
        processes.events
          .value(events)
          .some(
            (event) =>
              event._tag === "Observed" &&
              event.observation._tag === "Response" &&
              (result === undefined ||
                describeResult(
                  model.protocol.objects,
                  event.observation.operation,
                  event.observation.result
                ) === result)
          )
      )
    }
  })
}

const onEvents = (
  network: Network,
  matches: (event: Event) => boolean
): ((label: number) => boolean) => {
  const known = new Map<number, boolean>()
  return (label) => {
    const before = known.get(label)
    if (before !== undefined) return before
    const found = network.describe(label).some(matches)
    known.set(label, found)
    return found
  }
}
