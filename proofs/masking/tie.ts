/**
 * How `spec/masking/` is tied to its model: like majority replication, except for how a client
 * evaluates the answers to a Get.
 */
import { isQuorum } from "../../spec/configuration/configuration.ts"
import { subsets } from "../../spec/configuration/quorums.ts"
import { maskingFaults } from "../../spec/configuration/tolerated-faults.ts"
import type { Message } from "../../spec/majority/messages.ts"
import type { Answers } from "../../spec/masking/answers.ts"
import type { ClientState, Getting } from "../../spec/masking/client.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import { initialPair, type Pair } from "../../spec/register/pair.ts"
import type { Model } from "../logic/model.ts"
import { found } from "../majority/model.ts"
import { type Followed, type Pairs, quorumOf, tieOf as tieOfMajority } from "../majority/tie.ts"
import {
  atMostSymbol,
  labelOfOperation,
  labelOfTimestamp,
  labelOfValue,
  labelsOfPair
} from "../register/tie.ts"
import type { Taken } from "../tie/run.ts"
import type { Tie } from "../tie/tie.ts"
import { Departure, type View, type World } from "../tie/world.ts"
import { inGroup, says, saysAtMost } from "./symbols.ts"

/** (In a Get phase there are many answers, and no single pair.) */
const pairs: Pairs = {
  ofServer: (state) => (state as { readonly pair: Pair }).pair,
  ofMessage: (message) => (message as { readonly pair: Pair }).pair,
  ofAnswer: (answer) => (Array.isArray(answer) ? initialPair : (answer as Pair))
}

const groupLabel = (members: ReadonlyArray<string>): string => members.join("+")

/** The largest timestamp among the answers directly below this one. */
const passedOver = (answers: Answers, { timestamp }: Pair): string => {
  const [largest] = answers
    .map(({ pair }) => pair.timestamp)
    .filter(({ number }) => number === timestamp.number - 1)
    .toSorted((one, other) => ((one.client ?? "") < (other.client ?? "") ? 1 : -1))
  if (largest === undefined)
    throw new Departure("no answer has the timestamp that the write exceeds")
  return labelOfTimestamp(largest)
}

export const tieOf = (model: Model, followed: Followed): Tie => {
  const { configuration, liars = [] } = followed
  const { members } = configuration
  const base = tieOfMajority(model, followed, pairs)
  const count = maskingFaults.maxFaulty(members.length) + 1

  /** All groups and all quorums exist from the start: the model quantifies over them. */
  const world = (): World => {
    const known = base.world()
    for (const some of subsets(members, count))
      if (some.length === count) for (const s of some) known.suppose(inGroup, s, groupLabel(some))
    for (const some of members.flatMap((_, size) => subsets(members, size)))
      if (isQuorum(configuration, "write", some)) known.element("writeQuorum", some.join(","))
    return known
  }

  const viewsOfGetting = (o: string, { phase }: Getting): View => ({
    relation: says,
    mine: ([operation]) => operation === o,
    rows: phase.answer.map(({ server, pair }) => [o, server, ...labelsOfPair(pair)])
  })

  /**
   * A timestamp that appeared after an answer is new in the structure; nevertheless it is known
   * whether the answer was at most that timestamp.
   */
  const compareAll = (known: World, o: string): void => {
    for (const [operation, s = "", t = ""] of known.rows(says)) {
      if (operation !== o) continue
      for (const u of known.labels("timestamp"))
        if (known.holds(atMostSymbol, t, u)) known.suppose(saysAtMost, o, s, u)
    }
  }

  const followGetting = (world: World, { node: c, input, step, before }: Taken): void => {
    if (input._tag !== "Receive") return
    const [was, is] = [before as Getting, step.state as ClientState]
    const message = input.message as Extract<Message, { readonly _tag: "GetReply" }>
    const o = labelOfOperation(c, was.begun)
    const s = input.from as ServerSet[number]
    const [t, v] = labelsOfPair(message.pair)
    if (liars.includes(s)) world.take("lieAboutPair", { o, s, t, v })
    world.take("receiveGetReply", { o, s, t, v })
    if (is._tag === "Getting") return
    compareAll(world, o)
    const r = quorumOf(configuration, "read", [...was.phase.answered.filter((one) => one !== s), s])
    const answers: Answers = [
      ...was.phase.answer.filter(({ server }) => server !== s),
      { server: s, pair: message.pair }
    ]
    if (was.operation._tag === "Write" && is._tag === "Setting") {
      const chosen = is.phase.answer
      const had = passedOver(answers, chosen)
      world.take("startWriting", { o, r, had, t: labelOfTimestamp(chosen.timestamp) })
      return
    }
    const label = is._tag === "Setting" ? labelsOfPair(is.phase.answer) : returned(answers, step)
    const vouchers = answers.filter(({ pair }) => labelsOfPair(pair).join() === label.join())
    const [g] = subsets(
      vouchers.map(({ server }) => server),
      count
    ).filter((some) => some.length === count)
    if (g === undefined) throw new Departure(`${label.join()} has too few vouchers`)
    const group = groupLabel(members.filter((member) => g.includes(member)))
    world.take("startSet", { o, g: group, r, t: label[0], v: label[1] })
  }

  /** The choice of a read that returned at once: the newest answer with the returned value. */
  const returned = (answers: Answers, step: Taken["step"]): [string, string] => {
    const results = step.observations.map((one) => (one as { readonly result?: unknown }).result)
    const [pair] = answers
      .map((one) => one.pair)
      .filter(({ value }) => results.some((result) => labelOfValue(result) === labelOfValue(value)))
      .toSorted((one, other) => other.timestamp.number - one.timestamp.number)
    return labelsOfPair(pair ?? initialPair)
  }

  return {
    ...base,
    world,
    views: (node, role, state) => {
      const views = base.views(node, role, state).filter(({ relation }) => relation !== found)
      if (role !== "client") return views
      const own = state as ClientState
      return own._tag === "Getting"
        ? [...views, viewsOfGetting(labelOfOperation(node, own.begun), own)]
        : views
    },
    follow: (known, taken) => {
      const isGetting = taken.role === "client" && (taken.before as ClientState)._tag === "Getting"
      if (isGetting) followGetting(known, taken)
      else base.follow(known, taken)
    }
  }
}
