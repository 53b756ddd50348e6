/**
 * How `spec/weak-snapshot/` is tied to its model.
 */
import type { Configuration } from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import { describeChange } from "../../spec/storage/reconfiguration.ts"
import type { Changes } from "../../spec/weak-snapshot/change.ts"
import type { ClientState } from "../../spec/weak-snapshot/client.ts"
import { changesOf, type Endorsements } from "../../spec/weak-snapshot/endorsements.ts"
import type { Message } from "../../spec/weak-snapshot/messages.ts"
import type { SnapshotOperation } from "../../spec/weak-snapshot/operation.ts"
import type { ServerState } from "../../spec/weak-snapshot/server.ts"
import type { Stage } from "../../spec/weak-snapshot/stages.ts"
import type { Model } from "../logic/model.ts"
import { quorumArrives, quorumOf } from "../majority/tie.ts"
import { done, invoked } from "../register/history.ts"
import { clientOfLabel, labelOfOperation } from "../register/tie.ts"
import type { Taken } from "../tie/run.ts"
import type { Fact, Tie } from "../tie/tie.ts"
import { Departure, type Labels, type Named, type View, World } from "../tie/world.ts"
import {
  acknowledged,
  answered,
  collect,
  collected,
  collecting,
  endorsed,
  endorsedReply,
  endorsing,
  found,
  hasEndorsed,
  inRow,
  isUpdate,
  knows,
  returned,
  spread,
  spreading,
  spreads,
  storedReply,
  writeBack,
  writingBack,
  writtenBack
} from "./symbols.ts"

/** The changes of updates, by the label of the operation. */
export type Proposals = Map<string, string>

const labelsOf = (some: Endorsements): Labels => changesOf(some).map(describeChange)
/** A row, by its changes. */
const separator = ", "
const labelOfRow = (some: Endorsements): string => labelsOf(some).join(separator)
/** A scan has four phases: it collects, writes back, and does both again. */
const roundOf = (phase: number): string => (phase <= 2 ? "1" : "2")
const noChange = ""

/** The tuples that begin with these labels. */
const beginning = (relation: Named, key: Labels, rests: ReadonlyArray<Labels>): View => ({
  relation,
  mine: (labels) => key.every((label, place) => labels[place] === label),
  rows: rests.map((rest) => [...key, ...rest])
})
const each = (labels: Labels): ReadonlyArray<Labels> => labels.map((label) => [label])

/** With the proposals of updates that were invoked before. */
export const tieOf = (
  model: Model,
  configuration: Configuration,
  proposals: Proposals = new Map()
): Tie => {
  const note = (o: string, operation: SnapshotOperation) => {
    if (operation._tag === "Update") proposals.set(o, describeChange(operation))
  }

  const viewsOfServer = (s: string, state: ServerState): ReadonlyArray<View> => [
    beginning(endorsed, [s], state.endorsed === null ? [] : [[describeChange(state.endorsed)]]),
    beginning(hasEndorsed, [s], state.endorsed === null ? [] : [[]]),
    beginning(knows, [s], each(labelsOf(state.known)))
  ]
  const viewsOfClient = (c: string, state: ClientState): ReadonlyArray<View> => {
    const numbers = Array.from({ length: state.begun }, (_, place) =>
      labelOfOperation(c, place + 1)
    )
    const current = labelOfOperation(c, state.begun)
    if (state._tag === "Busy") note(current, state.operation)
    const stage = state._tag === "Busy" ? state.stage : undefined
    const of = (relation: Named, rows: ReadonlyArray<Labels>): View => ({
      relation,
      mine: ([o]) => clientOfLabel(o ?? "") === c,
      rows
    })
    const isIn = (tag: Stage["_tag"]) => stage?._tag === tag
    const round = stage !== undefined && "round" in stage ? [String(stage.round)] : []
    return [
      of(
        invoked,
        numbers.map((o) => [o])
      ),
      of(
        done,
        numbers.filter((o) => stage === undefined || o !== current).map((o) => [o])
      ),
      of(endorsing, isIn("Endorsing") ? [[current]] : []),
      of(spreading, isIn("Spreading") ? [[current]] : []),
      of(collecting, isIn("Collecting") ? [[current, ...round]] : []),
      of(writingBack, isIn("WritingBack") ? [[current, ...round]] : []),
      ...(stage === undefined ? [] : viewsOfStage(current, stage))
    ]
  }
  const viewsOfStage = (o: string, stage: Stage): ReadonlyArray<View> => {
    if (stage._tag === "Endorsing") return [beginning(spreads, [o], [])]
    const [who, what] = [each(stage.phase.answered), each(labelsOf(stage.phase.answer))]
    if (stage._tag === "Spreading")
      return [beginning(spreads, [o], what), beginning(spread, [o], who)]
    const key = [o, String(stage.round)]
    return stage._tag === "Collecting"
      ? [
          beginning(found, key, what),
          beginning(answered, key, who),
          beginning(collect, key, [[]]),
          beginning(writeBack, key, [])
        ]
      : [
          beginning(found, key, what),
          beginning(acknowledged, key, who),
          beginning(writeBack, key, [[]])
        ]
  }

  const sent = (from: string, to: string, sentMessage: unknown): ReadonlyArray<Fact> => {
    const message = sentMessage as Message
    const isQuestion = ["Endorse", "Store", "Collect"].includes(message._tag)
    const o = labelOfOperation(isQuestion ? from : to, message.operation)
    const k = roundOf(message.phase)
    switch (message._tag) {
      case "Endorse":
        return [[invoked, o]]
      case "Endorsed":
        return [[endorsedReply, o, from, describeChange(message.change)]]
      case "Store": {
        const what = labelsOf(message.endorsements)
        return proposals.has(o)
          ? what.map((d) => [spreads, o, d])
          : [[writeBack, o, k], ...what.map((d): Fact => [found, o, k, d])]
      }
      case "Stored":
        return proposals.has(o) ? [[storedReply, o, from]] : [[writtenBack, o, k, from]]
      case "Collect":
        return [[collect, o, k]]
      case "Collected":
        return [[collected, o, k, from, labelOfRow(message.endorsements)]]
    }
  }

  const observed = ({ node, before, step }: Taken): ReadonlyArray<Fact> =>
    step.observations.flatMap((observation) =>
      observation._tag === "Response"
        ? [[done, labelOfOperation(node, (before as ClientState).begun)]]
        : []
    )

  const followServer = (world: World, { node: s, input, step }: Taken): void => {
    if (input._tag !== "Receive") return
    const message = input.message as Message
    const state = step.state as ServerState
    const [o, k] = [labelOfOperation(input.from, message.operation), roundOf(message.phase)]
    if (message._tag === "Endorse" && state.endorsed !== null)
      world.take("receiveEndorse", { o, s, d: describeChange(state.endorsed) })
    if (message._tag === "Collect")
      world.take("receiveCollect", { o, k, s, r: labelOfRow(state.known) })
    if (message._tag !== "Store") return
    const [d = noChange] = labelsOf(message.endorsements)
    if (proposals.has(o)) world.take("receiveStore", { o, s, d })
    else world.take("receiveWriteBack", { o, k, s })
  }

  const followClient = (world: World, taken: Taken): void => {
    const { node: c, input, step } = taken
    const [before, after] = [taken.before as ClientState, step.state as ClientState]
    const o = labelOfOperation(c, after.begun)
    if (input._tag === "Invoke") {
      note(o, input.operation as SnapshotOperation)
      world.take(proposals.has(o) ? "startUpdate" : "startScan", { o })
    }
    if (input._tag !== "Receive" || before._tag === "Idle" || equals(before, after)) return
    const message = input.message as Message
    const goesOn = after._tag === "Idle" || after.phase !== before.phase
    const isOver = after._tag === "Idle"
    const { stage } = before
    const s = input.from as ServerSet[number]
    if (stage._tag === "Endorsing") {
      if (message._tag !== "Endorsed")
        throw new Departure(`${message._tag} counted as an endorsement`)
      world.take("receiveEndorsed", { o, s, d: describeChange(message.change) })
      if (isOver) world.take("finishUpdate", { o, w: quorumOf(configuration, "write", []) })
      return
    }
    const heard = [...stage.phase.answered, s]
    if (stage._tag === "Spreading") {
      world.take("receiveSpread", { o, s })
      if (goesOn) world.take("finishUpdate", { o, w: quorumOf(configuration, "write", heard) })
      return
    }
    const k = String(stage.round)
    if (stage._tag === "Collecting") {
      if (message._tag !== "Collected") throw new Departure(`${message._tag} counted as a row`)
      world.take("receiveCollected", { o, k, s, r: labelOfRow(message.endorsements) })
      if (!goesOn) return
      const q = quorumOf(configuration, "read", heard)
      const [, , d = noChange] = world.rows(found).find(([a, i]) => a === o && i === k) ?? []
      if (isOver) world.take("finishEmpty", { o, k, q })
      else world.take("startWriteBack", { o, k, q, d })
    } else {
      world.take("receiveWrittenBack", { o, k, s })
      if (!goesOn) return
      const w = quorumOf(configuration, "write", heard)
      const [d = noChange] = labelsOf(stage.phase.answer)
      if (isOver) world.take("finishScan", { o, w })
      else world.take("startSecondCollect", { o, w, d })
    }
    if (isOver) returns(world, o, taken)
  }

  /** A scan must return what it returned in the model. */
  const returns = (world: World, o: string, { step }: Taken): void => {
    for (const observation of step.observations) {
      if (observation._tag !== "Response") continue
      const { result } = observation as unknown as { readonly result: Changes }
      world.check(beginning(returned, [o], each(result.map(describeChange))))
    }
  }

  return {
    world: () =>
      new World(
        model,
        {
          functions: {
            first: () => ["round", "1"],
            second: () => ["round", "2"],
            proposal: (o = "") => ["change", proposals.get(o) ?? noChange]
          },
          arrives: (world, sort, label) => {
            quorumArrives(world, sort, label)
            const proposal = proposals.get(label)
            if (sort === "operation" && proposal !== undefined) {
              world.suppose(isUpdate, label)
              world.element("change", proposal)
            }
            if (sort === "row" && label !== "")
              for (const d of label.split(separator)) world.suppose(inRow, d, label)
          }
        },
        { server: configuration.members, change: [noChange], row: [""], round: ["1", "2"] }
      ),
    views: (node, role, state) =>
      role === "server"
        ? viewsOfServer(node, state as ServerState)
        : viewsOfClient(node, state as ClientState),
    sent,
    observed,
    follow: (world, taken) =>
      taken.role === "server" ? followServer(world, taken) : followClient(world, taken)
  }
}
