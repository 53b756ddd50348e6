/**
 * How `spec/majority/` is tied to its model.
 */
import { type Configuration, isQuorum } from "../../spec/configuration/configuration.ts"
import type { ClientState } from "../../spec/majority/client.ts"
import type { Message } from "../../spec/majority/messages.ts"
import type { ServerState } from "../../spec/majority/server.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import type { Access } from "../../spec/register/operation.ts"
import type { Pair } from "../../spec/register/pair.ts"
import type { Model } from "../logic/model.ts"
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
import { Departure, type View, World } from "../tie/world.ts"
import {
  acknowledged,
  answered,
  faulty,
  found,
  getReply,
  holds,
  inRead,
  inWrite,
  setReply
} from "./model.ts"

/** What is known of the followed system. */
export interface Followed {
  readonly servers: ReadonlyArray<string>
  /** The lying storage nodes; by default, none. */
  readonly liars?: ReadonlyArray<string>
  readonly clients: ReadonlyArray<string>
  readonly configuration: Configuration
}

/** The quorum that has answered; otherwise, a departure. */
export const quorumOf = (
  configuration: Configuration,
  access: "read" | "write",
  nodes: ServerSet
): string => {
  if (!isQuorum(configuration, access, nodes))
    throw new Departure(`{${nodes.join()}} is no ${access} quorum`)
  return nodes.join(",")
}

/** Quorums are identified by the names of their members. */
export const quorumArrives = (world: World, sort: string, label: string): void => {
  if (sort === "readQuorum") for (const one of label.split(",")) world.suppose(inRead, one, label)
  if (sort === "writeQuorum") for (const one of label.split(",")) world.suppose(inWrite, one, label)
}

/** Where states and messages contain a vt-pair: signed or not. */
export interface Pairs {
  readonly ofServer: (state: unknown) => Pair
  readonly ofMessage: (message: unknown) => Pair
  readonly ofAnswer: (answer: unknown) => Pair
}

const plain: Pairs = {
  ofServer: (state) => (state as ServerState).pair,
  ofMessage: (message) => (message as Extract<Message, { readonly pair: Pair }>).pair,
  ofAnswer: (answer) => answer as Pair
}

export const tieOf = (
  model: Model,
  { servers, clients, configuration, liars = [] }: Followed,
  pairs: Pairs = plain
): Tie => {
  const written: Arguments = new Map()
  const all = configuration.members.join(",")
  const note = (operation: string, { ...access }: Access) => {
    if (access._tag === "Write") written.set(operation, labelOfValue(access.value))
  }

  const arrives = (world: World, sort: string, label: string): void => {
    quorumArrives(world, sort, label)
    if (sort === "server" && liars.includes(label)) world.suppose(faulty, label)
  }

  const viewsOfServer = (s: string, state: unknown): ReadonlyArray<View> => [
    {
      relation: holds,
      mine: ([node]) => node === s,
      rows: [[s, ...labelsOfPair(pairs.ofServer(state))]]
    }
  ]
  const viewsOfClient = (c: string, state: ClientState): ReadonlyArray<View> => {
    const numbers = Array.from({ length: state.begun }, (_, place) =>
      labelOfOperation(c, place + 1)
    )
    const current = labelOfOperation(c, state.begun)
    if (state._tag !== "Idle") note(current, state.operation)
    const ofClient = ([o]: ReadonlyArray<string>) => clientOfLabel(o ?? "") === c
    const ofCurrent = ([o]: ReadonlyArray<string>) => o === current
    const phases: ReadonlyArray<View> = [
      { relation: invoked, mine: ofClient, rows: numbers.map((o) => [o]) },
      { relation: getting, mine: ofClient, rows: state._tag === "Getting" ? [[current]] : [] },
      { relation: setting, mine: ofClient, rows: state._tag === "Setting" ? [[current]] : [] },
      {
        relation: done,
        mine: ofClient,
        rows: numbers.filter((o) => state._tag === "Idle" || o !== current).map((o) => [o])
      }
    ]
    if (state._tag === "Idle") return phases
    const { answered: who, answer } = state.phase
    const isGetting = state._tag === "Getting"
    return [
      ...phases,
      {
        relation: isGetting ? answered : acknowledged,
        mine: ofCurrent,
        rows: who.map((s) => [current, s])
      },
      {
        relation: isGetting ? found : chose,
        mine: ofCurrent,
        rows: [[current, ...labelsOfPair(pairs.ofAnswer(answer))]]
      }
    ]
  }

  const sent = (from: string, to: string, sentMessage: unknown): ReadonlyArray<Fact> => {
    const message = sentMessage as Message
    switch (message._tag) {
      case "Get":
        return [[invoked, labelOfOperation(from, message.operation)]]
      case "GetReply":
        return [
          [
            getReply,
            labelOfOperation(to, message.operation),
            from,
            ...labelsOfPair(pairs.ofMessage(message))
          ]
        ]
      case "Set":
        return [
          [
            chose,
            labelOfOperation(from, message.operation),
            ...labelsOfPair(pairs.ofMessage(message))
          ]
        ]
      case "SetReply":
        return [[setReply, labelOfOperation(to, message.operation), from]]
    }
  }

  /** The completed operation has ended; a read has returned what it chose. */
  const observed = ({ node, before, step }: Taken): ReadonlyArray<Fact> =>
    step.observations.flatMap((observation) =>
      observation._tag === "Response"
        ? [[done, labelOfOperation(node, (before as ClientState).begun)]]
        : []
    )

  const followServer = (world: World, { node: s, before, input }: Taken): void => {
    if (input._tag !== "Receive") return
    const message = input.message as Message
    const [had = "", hadValue = ""] = labelsOfPair(pairs.ofServer(before))
    const o = labelOfOperation(input.from, message.operation)
    if (message._tag === "Get") world.take("receiveGet", { o, s, t: had, v: hadValue })
    if (message._tag !== "Set") return
    const [t, v] = labelsOfPair(pairs.ofMessage(message))
    world.take("receiveSet", { o, s, t, v, had, hadValue })
  }

  const followClient = (world: World, taken: Taken): void => {
    const { node: c, input, step } = taken
    const before = taken.before as ClientState
    const after = step.state as ClientState
    const o = labelOfOperation(c, after.begun)
    if (input._tag === "Invoke") {
      note(o, input.operation as Access)
      world.take("invoke", { o })
      if (after._tag === "Setting") startSet(world, o, [], pairs.ofAnswer(after.phase.answer))
      return
    }
    if (input._tag !== "Receive" || before._tag === "Idle") return
    const s = input.from
    const message = input.message as Message
    if (before._tag === "Getting") {
      if (message._tag !== "GetReply")
        throw new Departure(`${message._tag} counted in the Get phase`)
      const [t, v] = labelsOfPair(pairs.ofMessage(message))
      const [had, hadValue] = labelsOfPair(pairs.ofAnswer(before.phase.answer))
      if (liars.includes(s)) world.take("lieAboutPair", { o, s, t, v })
      world.take("receiveGetReply", { o, s, t, v, had, hadValue })
      const heard = [...before.phase.answered, s as ServerSet[number]]
      if (after._tag === "Setting") startSet(world, o, heard, pairs.ofAnswer(after.phase.answer))
      if (after._tag === "Idle") finishAtOnce(world, o, heard, taken)
      return
    }
    if (liars.includes(s)) world.take("lieAboutStoring", { o, s })
    world.take("receiveSetReply", { o, s })
    if (after._tag !== "Idle") return
    const w = quorumOf(configuration, "write", [...before.phase.answered, s as ServerSet[number]])
    const [t, v] = labelsOfPair(pairs.ofAnswer(before.phase.answer))
    returns(v, before.operation, taken)
    world.take("finish", { o, w, t, v })
  }

  const startSet = (
    world: World,
    o: string,
    heard: ServerSet,
    pair: Parameters<typeof labelsOfPair>[0]
  ): void => {
    const r = quorumOf(configuration, "read", heard)
    const [t, v] = labelsOfPair(pair)
    const [had, hadValue] = world.valueOf(found, o) ?? []
    if (had === undefined || hadValue === undefined) throw new Departure(`${o} has found nothing`)
    if (written.has(o)) world.take("startSetOfWrite", { o, r, had, hadValue, t })
    else world.take("startSetOfRead", { o, r, t, v })
  }

  const finishAtOnce = (world: World, o: string, heard: ServerSet, taken: Taken): void => {
    const [t = "", v = ""] = world.valueOf(found, o) ?? []
    const holders = heard.filter((s) => world.holds(getReply, o, s, t, v))
    returns(v, (taken.before as { readonly operation: Access }).operation, taken)
    const r = quorumOf(configuration, "read", heard)
    world.take("finishAtOnce", { o, r, w: quorumOf(configuration, "write", holders), t, v })
  }

  /** A read must return the value that it chose. */
  const returns = (chosen: string, { _tag }: Access, { step }: Taken): void => {
    for (const observation of step.observations) {
      if (observation._tag !== "Response" || _tag !== "Read") continue
      const returned = labelOfValue((observation as { readonly result?: unknown }).result)
      if (returned !== chosen)
        throw new Departure(`a read that chose ${chosen} returned ${returned}`)
    }
  }

  return {
    world: () =>
      new World(model, fixedOf(written, arrives), {
        client: ["", ...clients],
        server: servers,
        timestamp: [zeroLabel],
        value: [bottomLabel],
        readQuorum: [all],
        writeQuorum: [all]
      }),
    views: (node, role, state) =>
      role === "server" ? viewsOfServer(node, state) : viewsOfClient(node, state as ClientState),
    sent,
    observed,
    follow: (world, taken) =>
      taken.role === "server" ? followServer(world, taken) : followClient(world, taken)
  }
}
