/**
 * How `spec/dbqs/` is tied to its model: one public-key object. The model does not contain
 * content-hash objects, nor the way in which an epoch arises: every epoch that the service
 * announces is one.
 */
import { isQuorum } from "../../spec/configuration/configuration.ts"
import type { ClientState } from "../../spec/dbqs/client.ts"
import { configurationOf, type Epoch, groupIn } from "../../spec/dbqs/epoch.ts"
import type { ServiceState } from "../../spec/dbqs/membership.ts"
import type { Message } from "../../spec/dbqs/messages.ts"
import { correct } from "../../spec/dbqs/rules.ts"
import type { ServerState } from "../../spec/dbqs/server.ts"
import { isData, type Stored } from "../../spec/dbqs/stored.ts"
import { isComplete } from "../../spec/dbqs/transfer.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import { pairOf } from "../../spec/supermajority/signed-pair.ts"
import type { Model } from "../logic/model.ts"
import { acknowledged, answered, faulty, found, holds } from "../majority/model.ts"
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
import { Departure, type Labels, type Named, type View, World } from "../tie/world.ts"
import {
  complete,
  copying,
  entered,
  epochOf,
  handover,
  heard,
  inQuorum,
  isNext,
  isReplica,
  left,
  quorumOf,
  said,
  setReply,
  throughout,
  told
} from "./symbols.ts"

/** What is known of the followed system. */
export interface Followed {
  readonly servers: ReadonlyArray<string>
  readonly clients: ReadonlyArray<string>
  /** The storage nodes that lie. */
  readonly liars: ReadonlyArray<string>
  /** The members of the first epoch. The service announces the others. */
  readonly members: ServerSet
}

type Busy = Extract<ClientState, { readonly _tag: "Busy" }>

const atMostEpoch: Named = { symbol: { name: "atMostEpoch", sorts: ["epoch", "epoch"] } }

const pairLabels = (stored: Stored): [string, string] => {
  if (isData(stored)) throw new Departure("data of a content-hash object is no version")
  return labelsOfPair(pairOf(stored))
}
const lastOf = ({ certificates }: ServerState): number => certificates.length - 1
const numberIn = ({ certificate }: ClientState): string => String(certificate.content.number)

/** The epochs that the service has announced, and the replicas of each. */
class Groups {
  readonly #epochs: Array<Epoch> = []
  readonly #groups: Array<ServerSet> = []

  announce(epoch: Epoch): void {
    this.#epochs[epoch.number] = epoch
    this.#groups[epoch.number] = groupIn(correct, epoch)
  }

  has(number: number, node: string): boolean {
    return this.#groups[number]?.some((one) => one === node) ?? false
  }

  /** Adds to the world the facts that relate an epoch to the known ones. */
  arrives(world: World, label: string): void {
    const d = Number(label)
    for (const e of world.labels("epoch").map(Number)) {
      if (e <= d) world.suppose(atMostEpoch, String(e), label)
      if (e + 1 === d) world.suppose(isNext, String(e), label)
    }
    for (const s of this.#groups[d] ?? []) {
      world.suppose(isReplica, s, label)
      for (let b = d; this.has(b, s); b--) world.suppose(throughout, s, String(b), label)
    }
  }

  /** A quorum of an epoch's group among these nodes; otherwise, a departure. */
  quorum(number: string, nodes: ReadonlyArray<string>): string {
    const group = this.#groups[Number(number)] ?? []
    const among = group.filter((member) => nodes.includes(member))
    if (!isQuorum(configurationOf(group), "read", among))
      throw new Departure(`{${nodes.join()}} is no quorum of epoch ${number}`)
    return `${number}|${among.join()}`
  }

  /** Departs if the service has announced no such epoch. */
  known(epoch: Epoch): string {
    if (!equals(this.#epochs[epoch.number], epoch))
      throw new Departure(`there is no epoch ${epoch.number} of {${epoch.members.join()}}`)
    return String(epoch.number)
  }
}

const worldOf = (
  model: Model,
  { servers, clients, liars, members }: Followed,
  groups: Groups,
  written: Arguments
): World => {
  groups.announce({ number: 0, members })
  const fixed = fixedOf(written, (world, sort, label) => {
    if (sort === "server" && liars.includes(label)) world.suppose(faulty, label)
    if (sort === "epoch") groups.arrives(world, label)
    if (sort !== "quorum") return
    const [number = "", members = ""] = label.split("|")
    for (const member of members.split(",")) world.suppose(inQuorum, member, label)
    world.suppose(quorumOf, label, number)
  })
  return new World(
    model,
    { ...fixed, functions: { ...fixed.functions, first: () => ["epoch", "0"] } },
    {
      client: ["", ...clients],
      server: servers,
      timestamp: [zeroLabel],
      value: [bottomLabel],
      epoch: ["0"]
    }
  )
}

const viewsOfServer = (s: string, state: ServerState): ReadonlyArray<View> => {
  const last = lastOf(state)
  const epochs = state.certificates.map((_, number) => number)
  const of = (relation: Named, numbers: ReadonlyArray<number>): View => ({
    relation,
    mine: ([node]) => node === s,
    rows: numbers.map((number) => [s, String(number)])
  })
  const copied = state.copying.map(({ epoch }) => String(epoch - 1))
  return [
    { relation: holds, mine: ([node]) => node === s, rows: [[s, ...pairLabels(state.written)]] },
    of(entered, epochs),
    of(left, epochs.slice(0, last)),
    of(
      complete,
      epochs.filter((number) => isComplete(correct, state, number, s as ServerSet[number]))
    ),
    of(
      copying,
      state.copying.map(({ epoch }) => epoch - 1)
    ),
    {
      relation: heard,
      mine: ([node, e]) => node === s && copied.includes(e ?? ""),
      rows: state.copying.flatMap(({ epoch, replicas }) =>
        replicas.map((x) => [s, String(epoch - 1), x])
      )
    }
  ]
}

const viewsOfClient = (c: string, state: ClientState): ReadonlyArray<View> => {
  const numbers = Array.from({ length: state.begun }, (_, place) => labelOfOperation(c, place + 1))
  const current = labelOfOperation(c, state.begun)
  const isBusy = state._tag === "Busy"
  const ofClient = ([o]: Labels) => clientOfLabel(o ?? "") === c
  const ofCurrent = ([o]: Labels) => o === current
  const isIn = (stage: Busy["stage"]) => isBusy && state.stage === stage
  const phases: ReadonlyArray<View> = [
    { relation: invoked, mine: ofClient, rows: numbers.map((o) => [o]) },
    { relation: getting, mine: ofClient, rows: isIn("get") ? [[current]] : [] },
    { relation: setting, mine: ofClient, rows: isIn("set") ? [[current]] : [] },
    {
      relation: done,
      mine: ofClient,
      rows: numbers.filter((o) => !isBusy || o !== current).map((o) => [o])
    }
  ]
  if (!isBusy) return phases
  const { answered: who, answer } = state.phase
  return [
    ...phases,
    { relation: epochOf, mine: ofCurrent, rows: [[current, numberIn(state)]] },
    {
      relation: isIn("get") ? answered : acknowledged,
      mine: ofCurrent,
      rows: who.map((s) => [current, s])
    },
    {
      relation: isIn("get") ? found : chose,
      mine: ofCurrent,
      rows: [[current, ...pairLabels(answer)]]
    }
  ]
}

const sent = (from: string, to: string, given: unknown): ReadonlyArray<Fact> => {
  const message = given as Message
  switch (message._tag) {
    case "Get":
      return [[invoked, labelOfOperation(from, message.nonce.operation)]]
    case "Set":
      return [
        [chose, labelOfOperation(from, message.nonce.operation), ...pairLabels(message.stored)]
      ]
    case "Answer": {
      const { operation, number, stage } = message.nonce
      const [o, e] = [labelOfOperation(to, operation), String(number)]
      return stage === "set"
        ? [[setReply, o, from, e]]
        : [[told, o, from, e, ...pairLabels(message.stored)]]
    }
    case "Stale":
      return [[left, from, String(message.nonce.number)]]
    case "Handover":
      return [[handover, from, String(message.number), ...pairLabels(message.written)]]
    case "Complete":
      return [[said, from, String(message.number)]]
    case "Notice":
    case "Transfer":
      return []
  }
}

export const tieOf = (model: Model, followed: Followed): Tie => {
  const { liars } = followed
  const groups = new Groups()
  const written: Arguments = new Map()
  const note = (o: string, operation: Busy["operation"]) => {
    if (operation._tag === "Write") written.set(o, labelOfValue(operation.value))
  }

  const followServer = (world: World, taken: Taken): void => {
    const { node: s, input, step } = taken
    if (input._tag !== "Receive") return
    const [was, is] = [taken.before as ServerState, step.state as ServerState]
    const message = input.message as Message
    switch (message._tag) {
      case "Notice":
        enter(world, taken)
        break
      case "Get":
      case "Set":
        answer(world, taken)
        break
      case "Transfer": {
        const [t, v] = pairLabels(was.written)
        world.take("receiveTransfer", { s, e: String(message.number), t, v })
        break
      }
      case "Handover":
        copy(world, taken)
        break
      case "Complete":
        if (liars.includes(input.from))
          world.take("lieAboutData", { s: input.from, e: String(message.number) })
        break
    }
    for (const { message: other } of step.sends) {
      const { _tag, number } = other as Extract<Message, { readonly _tag: "Complete" }>
      if (_tag === "Complete") world.take("tell", { s, e: String(number) })
    }
    if (was.written !== null && is.written === null)
      world.take("erase", { s, e: String(lastOf(is)) })
  }

  /** It enters an epoch. */
  const enter = (world: World, { node: s, before, input, step }: Taken): void => {
    if (input._tag !== "Receive") return
    const { certificate } = input.message as Extract<Message, { readonly _tag: "Notice" }>
    const [e, d] = [String(lastOf(before as ServerState)), groups.known(certificate.content)]
    const [asked] = step.sends.flatMap(({ message }) => {
      const { _tag, number } = message as Extract<Message, { readonly _tag: "Transfer" }>
      return _tag === "Transfer" ? [String(number)] : []
    })
    if (asked === undefined) world.take("receiveNotice", { s, e, d })
    else world.take("startCopying", { s, f: asked, e, d })
  }

  /** It answers a client, with anything but STALE. */
  const answer = (world: World, { node: s, before, input, step }: Taken): void => {
    if (input._tag !== "Receive") return
    const message = input.message as Extract<Message, { readonly _tag: "Get" | "Set" }>
    if (!step.sends.some(({ message: one }) => (one as Message)._tag === "Answer")) return
    const { operation, number } = message.nonce
    const [o, e] = [labelOfOperation(input.from, operation), String(number)]
    const [had, hadValue] = pairLabels((before as ServerState).written)
    if (message._tag === "Get") {
      world.take("receiveGet", { o, s, e, t: had, v: hadValue })
      return
    }
    const [t, v] = pairLabels(message.stored)
    world.take("receiveSet", { o, s, e, t, v, had, hadValue })
  }

  /** It receives an old replica's data. */
  const copy = (world: World, { node: s, before, input, step }: Taken): void => {
    if (input._tag !== "Receive") return
    const message = input.message as Extract<Message, { readonly _tag: "Handover" }>
    const [was, is] = [before as ServerState, step.state as ServerState]
    const [x, e] = [input.from, String(message.number)]
    const [t, v] = pairLabels(message.written)
    const [had, hadValue] = pairLabels(was.written)
    if (liars.includes(x)) world.take("lieAboutHandover", { s: x, e, t, v })
    world.take("receiveHandover", { s, e, x, t, v, had, hadValue })
    const over = was.copying.find((one) => !is.copying.some(({ epoch }) => epoch === one.epoch))
    if (over === undefined) return
    const q = groups.quorum(e, [...over.replicas, x])
    world.take("finishCopying", { s, e, b: String(over.epoch), q })
  }

  const followClient = (world: World, taken: Taken): void => {
    const { node: c, input, step } = taken
    const [was, is] = [taken.before as ClientState, step.state as ClientState]
    const o = labelOfOperation(c, is.begun)
    groups.known(is.certificate.content)
    if (input._tag === "Invoke") {
      note(o, input.operation as Busy["operation"])
      world.take("invoke", { o, e: numberIn(is) })
      return
    }
    if (was._tag === "Idle") return
    if (numberIn(was) !== numberIn(is)) {
      world.take("moveTo", { o, e: numberIn(was), d: numberIn(is) })
      return
    }
    if (was.stage === "get") count(world, taken, was, o)
    else store(world, taken, was, o)
  }

  /** An answer counts in the Get phase. */
  const count = (world: World, { input, step }: Taken, was: Busy, o: string): void => {
    if (input._tag !== "Receive") return
    const is = step.state as ClientState
    const message = input.message as Extract<Message, { readonly _tag: "Answer" }>
    const [s, e] = [input.from, String(message.nonce.number)]
    const [t, v] = pairLabels(message.stored)
    const [had, hadValue] = pairLabels(was.phase.answer)
    if (liars.includes(s)) world.take("lieAboutPair", { o, s, e, t, v })
    world.take("receiveAnswerToGet", { o, s, e, t, v, had, hadValue })
    const isOver = is._tag === "Idle" || is.stage === "set"
    if (!isOver) return
    const own = { o, e: numberIn(was), q: groups.quorum(numberIn(was), [...was.phase.answered, s]) }
    const [foundTag = "", foundValue = ""] = world.valueOf(found, o) ?? []
    if (is._tag === "Idle") {
      returns(foundValue, was.operation, step)
      world.take("finishAtOnce", { ...own, t: foundTag, v: foundValue })
    } else if (written.has(o)) {
      const [chosen] = pairLabels(is.phase.answer)
      world.take("startSetOfWrite", { ...own, had: foundTag, hadValue: foundValue, t: chosen })
    } else world.take("startSetOfRead", { ...own, t: foundTag, v: foundValue })
  }

  /** An answer counts in the Set phase. */
  const store = (world: World, { input, step }: Taken, was: Busy, o: string): void => {
    if (input._tag !== "Receive") return
    const message = input.message as Extract<Message, { readonly _tag: "Answer" }>
    const [s, e] = [input.from, String(message.nonce.number)]
    if (liars.includes(s)) world.take("lieAboutStoring", { o, s, e })
    world.take("receiveAnswerToSet", { o, s, e })
    if ((step.state as ClientState)._tag !== "Idle") return
    const [t, v] = pairLabels(was.phase.answer)
    returns(v, was.operation, step)
    const q = groups.quorum(numberIn(was), [...was.phase.answered, s])
    world.take("finish", { o, e: numberIn(was), q, t, v })
  }

  /** A read must return the value that it chose. */
  const returns = (chosen: string, { _tag }: Busy["operation"], step: Taken["step"]): void => {
    for (const observation of step.observations) {
      if (observation._tag !== "Response" || _tag !== "Read") continue
      const returned = labelOfValue((observation as { readonly result?: unknown }).result)
      if (returned !== chosen)
        throw new Departure(`a read that chose ${chosen} returned ${returned}`)
    }
  }

  return {
    world: () => worldOf(model, followed, groups, written),
    views: (node, role, state) => {
      if (role === "server") return viewsOfServer(node, state as ServerState)
      if (role !== "client") return []
      const own = state as ClientState
      if (own._tag === "Busy") note(labelOfOperation(node, own.begun), own.operation)
      return viewsOfClient(node, own)
    },
    sent,
    observed: ({ role, node, before, step }) =>
      role !== "client"
        ? []
        : step.observations.flatMap((observation) =>
            observation._tag === "Response"
              ? [[done, labelOfOperation(node, (before as ClientState).begun)]]
              : []
          ),
    follow: (world, taken) => {
      if (taken.role === "server") followServer(world, taken)
      if (taken.role === "client") followClient(world, taken)
      if (taken.role === "administrator") {
        const { epoch } = taken.step.state as ServiceState
        groups.announce(epoch)
        world.element("epoch", String(epoch.number))
      }
    }
  }
}
