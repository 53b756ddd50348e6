/**
 * How `spec/dynastore/` is tied to its model. The messages of weak snapshots are not transitions
 * here; the results of updates and scans are.
 *
 * Of the edges that all scans of a view may have in common, the tie must name one when the first
 * scan ends. It is one of those found by the first scan to write anything back (`settle`), as the
 * weak snapshot's invariant states.
 */
import { isQuorum } from "../../spec/configuration/configuration.ts"
import type { Message } from "../../spec/dynastore/messages.ts"
import type { ServerState } from "../../spec/dynastore/server.ts"
import type { ClientState, Traversing } from "../../spec/dynastore/state.ts"
import { configurationsOf, extended, initialView, type View } from "../../spec/dynastore/view.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { ServerId, ServerSet } from "../../spec/nodes/nodes.ts"
import { isLarger } from "../../spec/register/pair.ts"
import type { StorageParameters } from "../../spec/storage/parameters.ts"
import type { StorageOperation } from "../../spec/storage/reconfiguration.ts"
import { changesOf } from "../../spec/weak-snapshot/endorsements.ts"
import type { Model } from "../logic/model.ts"
import { holds } from "../majority/model.ts"
import { quorumArrives } from "../majority/tie.ts"
import { chose, done, getting, invoked, setting } from "../register/history.ts"
import {
  type Arguments,
  bottomLabel,
  clientOfLabel,
  fixedOf,
  labelOfOperation,
  labelOfValue,
  labelsOfPair,
  zeroLabel
} from "../register/tie.ts"
import type { Taken } from "../tie/run.ts"
import type { Fact, Tie } from "../tie/tie.ts"
import { Departure, type Labels, type Named, type View as Rows, World } from "../tie/world.ts"
import {
  acknowledged,
  answered,
  arrived,
  at,
  checking,
  desired,
  found,
  front,
  getReply,
  gets,
  hasChosen,
  hasFound,
  inPhase,
  noLarger,
  open,
  pair,
  proposed,
  proposing,
  readOf,
  scanning,
  setReply,
  sets,
  start,
  visiting,
  within,
  writeOf
} from "./symbols.ts"

/** The stage of the model that corresponds to a client's stage. */
const stageOf = {
  Proposing: proposing,
  Scanning: scanning,
  Getting: getting,
  Setting: setting,
  Checking: checking,
  Notifying: arrived,
  Announcing: arrived
} as const
const stages: ReadonlyArray<Named> = [visiting, ...new Set(Object.values(stageOf))]

const changesIn = (view: string): Labels => view.split(" ")
export const labelOfView = ({ add, remove }: View): string =>
  [...add.map((id) => `+${id}`), ...remove.map((id) => `-${id}`)].join(" ")
const viewOfLabel = (label: string): View => {
  const named = (sign: string) =>
    changesIn(label).flatMap((one) => (one.startsWith(sign) ? [one.slice(1) as ServerId] : []))
  return { add: named("+"), remove: named("-") }
}
const labelOfPhase = (o: string, phase: number): string => `${o}.${phase}`

/** The tuples that begin with these labels. */
const beginning = (relation: Named, key: Labels, rests: ReadonlyArray<Labels>): Rows => ({
  relation,
  mine: (labels) => key.every((label, place) => labels[place] === label),
  rows: rests.map((rest) => [...key, ...rest])
})
const each = (labels: Labels): ReadonlyArray<Labels> => labels.map((label) => [label])

/** The edges that a finished scan has found: those that it wrote back the second time. */
const edgesOf = ({ stage, view }: Traversing): Labels =>
  "snapshot" in stage && stage.snapshot._tag === "WritingBack"
    ? changesOf(stage.snapshot.phase.answer).map((change) => labelOfView(extended(view, change)))
    : []

/** The fixed facts about views: inclusion and size, and the quorums of their members. */
const viewsArrive =
  (parameters: StorageParameters) =>
  (world: World, sort: string, label: string): void => {
    quorumArrives(world, sort, label)
    const isOf = (access: "read" | "write", quorum: string, view: string): boolean =>
      configurationsOf(parameters, viewOfLabel(view)).some((configuration) =>
        isQuorum(configuration, access, quorum.split(",") as unknown as ServerSet)
      )
    const meet = (quorums: Labels, views: Labels, access: "read" | "write", of: Named) => {
      for (const quorum of quorums)
        for (const view of views) if (isOf(access, quorum, view)) world.suppose(of, quorum, view)
    }
    if (sort === "readQuorum") meet([label], world.labels("view"), "read", readOf)
    if (sort === "writeQuorum") meet([label], world.labels("view"), "write", writeOf)
    if (sort !== "view") return
    meet(world.labels("readQuorum"), [label], "read", readOf)
    meet(world.labels("writeQuorum"), [label], "write", writeOf)
    const relate = (left: string, right: string) => {
      const [few, many] = [changesIn(left), changesIn(right)]
      if (few.every((one) => many.includes(one))) world.suppose(within, left, right)
      if (few.length <= many.length) world.suppose(noLarger, left, right)
    }
    for (const other of world.labels(sort)) {
      relate(other, label)
      relate(label, other)
    }
  }

/** What the tie remembers of a run besides the structure: no formula mentions it. */
export interface Memory {
  /** The values of writes, by operation. */
  readonly written: Arguments
  /** By view, the edge that all scans will have in common. */
  readonly settled: Map<string, string>
}
export const noMemory = (): Memory => ({ written: new Map(), settled: new Map() })

export const tieOf = (
  model: Model,
  parameters: StorageParameters,
  { written, settled }: Memory = noMemory()
): Tie => {
  const initial = labelOfView(initialView(parameters))
  const note = (o: string, operation: StorageOperation) => {
    if (operation._tag === "Write") written.set(o, labelOfValue(operation.value))
  }

  const viewsOfServer = (s: string, state: ServerState): ReadonlyArray<Rows> => [
    beginning(holds, [s], [labelsOfPair(state.pair)]),
    beginning(open, [labelOfView(state.latest)], [[]])
  ]
  const viewsOfClient = (c: string, state: ClientState): ReadonlyArray<Rows> => {
    const numbers = Array.from({ length: state.begun }, (_, place) =>
      labelOfOperation(c, place + 1)
    )
    const current = labelOfOperation(c, state.begun)
    const stage = state._tag === "Traversing" ? stageOf[state.stage._tag] : undefined
    const of = (relation: Named, operations: Labels): Rows => ({
      relation,
      mine: ([o]) => clientOfLabel(o ?? "") === c,
      rows: each(operations)
    })
    return [
      of(invoked, numbers),
      of(
        done,
        numbers.filter((o) => stage === undefined || o !== current)
      ),
      ...stages.map((one) => of(one, one === stage ? [current] : [])),
      ...(state._tag === "Idle"
        ? [beginning(open, [labelOfView(state.view)], [[]])]
        : viewsOfTraversal(current, state))
    ]
  }
  const viewsOfTraversal = (o: string, state: Traversing): ReadonlyArray<Rows> => {
    const { stage } = state
    const labels = (views: ReadonlyArray<View>) => each(views.map(labelOfView))
    const isOver = stageOf[stage._tag] === arrived
    return [
      // If the traversal has ended, a retry would begin at the client's `start`.
      ...(isOver ? [] : [beginning(start, [o], labels([state.start]))]),
      beginning(at, [o], labels([state.view])),
      beginning(desired, [o], labels([state.desired])),
      beginning(front, [o], labels(state.front)),
      beginning(pair, [o], [labelsOfPair(state.pair)]),
      beginning(hasChosen, [o], state.chosen ? [[]] : []),
      ...(stage._tag === "Getting" || stage._tag === "Setting"
        ? viewsOfPhase(o, state.phase, stage)
        : []),
      ...(stage._tag === "Getting"
        ? [
            beginning(
              found,
              [o],
              labels(stage.found.map((change) => extended(state.view, change)))
            ),
            beginning(hasFound, [o], stage.found.length > 0 ? [[]] : [])
          ]
        : [])
    ]
  }
  const viewsOfPhase = (
    o: string,
    number: number,
    stage: Extract<Traversing["stage"], { readonly _tag: "Getting" | "Setting" }>
  ): ReadonlyArray<Rows> => {
    const p = labelOfPhase(o, number)
    const counted = stage._tag === "Getting" ? answered : acknowledged
    return [beginning(inPhase, [o], [[p]]), beginning(counted, [p], each(stage.phase.answered))]
  }

  const sent = (from: string, to: string, sentMessage: unknown): ReadonlyArray<Fact> => {
    const message = sentMessage as Message
    const phaseOf = (c: string) =>
      "phase" in message ? labelOfPhase(labelOfOperation(c, message.operation), message.phase) : ""
    switch (message._tag) {
      case "Get":
        return [[gets, phaseOf(from)]]
      case "GetReply":
        return [[getReply, phaseOf(to), from, ...labelsOfPair(message.pair)]]
      case "Set":
        return [[sets, phaseOf(from), ...labelsOfPair(message.pair)]]
      case "SetReply":
        return [[setReply, phaseOf(to), from]]
      case "Endorse": {
        const { view, change } = message
        return [[proposed, labelOfView(view), labelOfView(extended(view, change))]]
      }
      case "Notify":
      case "ViewReply":
        return [[open, labelOfView(message.view)]]
      default:
        return []
    }
  }

  const observed = ({ node, before, step }: Taken): ReadonlyArray<Fact> =>
    step.observations.flatMap((observation) =>
      observation._tag === "Response"
        ? [[done, labelOfOperation(node, (before as ClientState).begun)]]
        : []
    )

  const followServer = (world: World, { node: s, before, input }: Taken): void => {
    if (input._tag !== "Receive") return
    const message = input.message as Message
    if (message._tag !== "Get" && message._tag !== "Set") return
    const p = labelOfPhase(labelOfOperation(input.from, message.operation), message.phase)
    const [had, hadValue] = labelsOfPair((before as ServerState).pair)
    if (message._tag === "Get") {
      world.take("receiveGet", { p, s, t: had, v: hadValue })
      return
    }
    const [t, v] = labelsOfPair(message.pair)
    world.take("receiveSet", { p, s, t, v, had, hadValue })
  }

  /**
   * The first scan of a view to write back what its first collect found determines the common edge.
   */
  const settle = (before: Traversing, after: ClientState): void => {
    if (after._tag === "Idle" || !("snapshot" in before.stage) || !("snapshot" in after.stage))
      return
    const [was, is] = [before.stage.snapshot, after.stage.snapshot]
    if (was._tag !== "WritingBack" || was.round !== 1 || is._tag !== "Collecting") return
    const [edge] = edgesOf(before)
    const view = labelOfView(before.view)
    if (edge !== undefined && !settled.has(view)) settled.set(view, edge)
  }

  /** A quorum of the visited view has answered; otherwise, the step departs from the model. */
  const quorumOf = ({ view }: Traversing, access: "read" | "write", heard: ServerSet): string => {
    if (configurationsOf(parameters, view).some((one) => isQuorum(one, access, heard)))
      return heard.join(",")
    throw new Departure(`{${heard.join()}} is no ${access} quorum of ${labelOfView(view)}`)
  }

  /** The client visits a view: it updates the snapshot, or scans it at once. */
  const visit = (world: World, o: string, after: ClientState): void => {
    if (after._tag === "Idle") return
    const w = labelOfView(after.view)
    if (after.stage._tag === "Proposing")
      world.take("propose", { o, w, d: labelOfView(after.desired) })
    if (after.stage._tag === "Scanning") world.take("startScan", { o, w })
  }
  /** The operation returns: a read returns what it stored last. */
  const finish = (
    world: World,
    o: string,
    { operation, view, pair: last }: Traversing,
    taken: Taken
  ): void => {
    const [u, x] = labelsOfPair(last)
    const w = labelOfView(view)
    const [t, v] = written.has(o) ? (world.valueOf(chose, o) ?? []) : [u, x]
    if (t === undefined || v === undefined) throw new Departure(`${o} has chosen nothing`)
    if (written.has(o)) world.take("finishWrite", { o, w, t, v, u, x })
    else world.take("finishRead", { o, w, t, v })
    for (const observation of taken.step.observations) {
      if (observation._tag !== "Response" || operation._tag !== "Read") continue
      const returned = labelOfValue((observation as { readonly result?: unknown }).result)
      if (returned !== v) throw new Departure(`a read that chose ${v} returned ${returned}`)
    }
  }

  const followAnswer = (world: World, o: string, before: Traversing, taken: Taken): void => {
    const { step, input } = taken
    if (input._tag !== "Receive" || equals(before, step.state)) return
    const after = step.state as ClientState
    settle(before, after)
    const { stage } = before
    const isOver = after._tag === "Idle" || after.stage._tag !== stage._tag
    const w = labelOfView(before.view)
    const s = input.from as ServerId
    switch (stage._tag) {
      case "Getting":
        followGetReply(world, o, before, after, s, input.message as Message)
        break
      case "Setting": {
        const p = labelOfPhase(o, before.phase)
        world.take("receiveSetReply", { o, p, s })
        if (!isOver) break
        const q = quorumOf(before, "write", [...stage.phase.answered, s])
        const [t, v] = labelsOfPair(before.pair)
        world.take("startCheck", { o, p, w, q, t, v })
        break
      }
      case "Proposing":
        if (isOver) world.take("finishUpdate", { o, w })
        break
      case "Scanning":
      case "Checking":
        if (isOver) followScan(world, o, before, taken)
        break
      case "Notifying":
      case "Announcing":
        if (after._tag === "Idle") finish(world, o, before, taken)
    }
  }

  /** A scan ends: before a Get phase, or at a leaf. */
  const followScan = (world: World, o: string, before: Traversing, taken: Taken): void => {
    const after = taken.step.state as ClientState
    const edges = edgesOf(before)
    const w = labelOfView(before.view)
    const c = settled.get(w) ?? w
    for (const v of edges) world.take("scanFinds", { o, w, v })
    if (before.stage._tag === "Scanning") {
      const p = labelOfPhase(o, after._tag === "Idle" ? 0 : after.phase)
      if (edges.length === 0) world.take("startGet", { o, w, p })
      else world.take("startGetWithEdges", { o, w, c, p })
    } else if (edges.length > 0) {
      world.take("visitAgain", { o, w, c })
      visit(world, o, after)
    } else {
      const [t, v] = labelsOfPair(before.pair)
      world.take("arrive", { o, w, t, v })
      if (after._tag === "Idle") finish(world, o, before, taken)
    }
  }

  const followGetReply = (
    world: World,
    o: string,
    before: Traversing,
    after: ClientState,
    s: ServerId,
    message: Message
  ): void => {
    const { stage } = before
    if (message._tag !== "GetReply" || stage._tag !== "Getting")
      throw new Departure(`${message._tag} counted in the Get phase`)
    const [w, p] = [labelOfView(before.view), labelOfPhase(o, before.phase)]
    const [t, v] = labelsOfPair(message.pair)
    const [had, hadValue] = labelsOfPair(before.pair)
    world.take("receiveGetReply", { o, p, s, t, v, had, hadValue })
    if (after._tag === "Idle" || after.phase === before.phase) return
    const q = quorumOf(before, "read", [...stage.phase.answered, s])
    if (after.stage._tag !== "Setting") {
      const [d, next] = [labelOfView(after.desired), labelOfView(after.view)]
      const c = settled.get(w) ?? w
      world.take("follow", { o, p, w, q, c, had: labelOfView(before.desired), d, next })
      visit(world, o, after)
      return
    }
    const n = labelOfPhase(o, after.phase)
    const newest = isLarger(message.pair.timestamp, before.pair.timestamp)
      ? message.pair
      : before.pair
    const [u, x] = labelsOfPair(newest)
    const [mine] = labelsOfPair(after.pair)
    if (equals(after.pair, newest)) world.take("startSet", { o, p, w, q, t: u, v: x, n })
    else world.take("startSetOfWrite", { o, p, w, q, had: u, hadValue: x, t: mine, n })
  }

  const followClient = (world: World, taken: Taken): void => {
    const { node: c, input, step } = taken
    const [before, after] = [taken.before as ClientState, step.state as ClientState]
    const o = labelOfOperation(c, after.begun)
    if (input._tag === "Invoke" && before._tag === "Idle" && after._tag === "Traversing") {
      note(o, input.operation as StorageOperation)
      world.take("startTraversal", {
        o,
        v: labelOfView(before.view),
        d: labelOfView(after.desired)
      })
      visit(world, o, after)
    }
    if (input._tag !== "Receive" || before._tag === "Idle") return
    const isHint = (input.message as Message)._tag === "ViewReply"
    if (!isHint) followAnswer(world, o, before, taken)
    if (!isHint || after._tag === "Idle" || equals(before, after)) return
    const [v, had, d] = [after.start, before.desired, after.desired].map(labelOfView) as [
      string,
      string,
      string
    ]
    world.take("receiveViewReply", { o, v, had, d })
    visit(world, o, after)
  }

  return {
    world: () => {
      const { functions, arrives } = fixedOf(written, viewsArrive(parameters))
      return new World(
        model,
        { functions: { ...functions, initialView: () => ["view", initial] }, arrives },
        {
          client: ["", ...parameters.clients],
          server: parameters.servers,
          timestamp: [zeroLabel],
          value: [bottomLabel],
          view: [initial]
        }
      )
    },
    views: (node, role, state) => {
      if (role === "server") return viewsOfServer(node, state as ServerState)
      return role === "client" ? viewsOfClient(node, state as ClientState) : []
    },
    sent,
    observed,
    follow: (world, taken) => {
      if (taken.role === "server") followServer(world, taken)
      if (taken.role === "client") followClient(world, taken)
    }
  }
}
