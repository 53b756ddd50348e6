/**
 * How `spec/forgetting/` is tied to its model: keys, the nodes that have stopped, and phases.
 * Stored data, and the permission to serve, are not part of the model.
 *
 * The adversary takes over liars at the beginning. The adversary of the model forges everything
 * that a liar proves with a key that it can know. What a liar shows besides proves nothing, and a
 * node that counts it departs from the model.
 */
import type { AdministratorState } from "../../spec/administrator/administrator.ts"
import type { Nonce } from "../../spec/administrator/messages.ts"
import type { Noted } from "../../spec/administrator/observation.ts"
import { type View as Chosen, configurationOf, firstView } from "../../spec/administrator/view.ts"
import { isQuorum } from "../../spec/configuration/configuration.ts"
import type { ClientState } from "../../spec/forgetting/client.ts"
import { administratorOf } from "../../spec/forgetting/keys.ts"
import type { Message, Proven } from "../../spec/forgetting/messages.ts"
import { isProved } from "../../spec/forgetting/rules.ts"
import type { ServerState } from "../../spec/forgetting/server.ts"
import { symbolic } from "../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import type { StorageParameters } from "../../spec/storage/parameters.ts"
import type { Model } from "../logic/model.ts"
import type { Taken } from "../tie/run.ts"
import type { Fact, Tie } from "../tie/tie.ts"
import { Departure, type Labels, type Named, type View, World } from "../tie/world.ts"
import {
  answered,
  asked,
  counted,
  current,
  ended,
  forgotten,
  hasStopped,
  hasSymmetric,
  inQuorum,
  isMember,
  isNext,
  knowsPrivate,
  knowsSymmetric,
  leadsTo,
  newView,
  past,
  possesses,
  quorumOf,
  sealed,
  stopped,
  stopping,
  viewOf
} from "./symbols.ts"

const atMostNumber: Named = { symbol: { name: "atMostNumber", sorts: ["number", "number"] } }

export const labelOfNonce = ({ asker, operation, number, stage }: Nonce): string =>
  `${asker}#${operation}.${number}.${stage}`
const numberOfLabel = (label: string): string => label.split(".")[1] ?? ""

/** The correct nonce of the client's current phase. */
const nonceOf = (state: Extract<ClientState, { readonly _tag: "Busy" }>): string => {
  const { key, begun, view, stage } = state
  const own = stage === "ask" ? "get" : stage
  return labelOfNonce({ asker: key.owner, operation: begun, number: view.number, stage: own })
}

const notes = ({ step }: Taken, name: Noted["name"]): ReadonlyArray<Noted> =>
  step.observations.flatMap((one) => {
    const note = one as unknown as Noted
    return note.name === name ? [note] : []
  })

/** The followed system, with these liars from the beginning, and how far it can go. */
export interface FollowedSystem {
  readonly parameters: StorageParameters
  readonly liars: ReadonlyArray<string>
  readonly maxConfigurations: number
}

const numbersOf = ({ maxConfigurations }: FollowedSystem): ReadonlyArray<number> =>
  Array.from({ length: maxConfigurations }, (_, number) => number)

/** The members of a configuration are known once it is chosen. */
const know = (world: World, { number, members }: Chosen): void => {
  for (const member of members) world.suppose(isMember, member, String(number))
}

const worldOf = (model: Model, followed: FollowedSystem): World => {
  const { parameters, liars } = followed
  const world = new World(
    model,
    {
      functions: {
        first: () => ["number", "0"],
        numberOf: (label = "") => ["number", numberOfLabel(label)]
      },
      arrives: (known, sort, label) => {
        if (sort === "number") {
          for (const other of known.labels(sort)) {
            if (Number(other) <= Number(label)) known.suppose(atMostNumber, other, label)
            if (Number(other) + 1 === Number(label)) known.suppose(isNext, other, label)
          }
          if (label === "0") know(known, firstView(parameters))
        }
        if (sort !== "quorum") return
        const [n = "", members = ""] = label.split("|")
        for (const member of members.split(",")) known.suppose(inQuorum, member, label)
        known.suppose(quorumOf, label, n)
      }
    },
    { server: parameters.servers, number: numbersOf(followed).map(String) }
  )
  for (const s of liars) world.take("takeOver", { s })
  return world
}

export const tieOf = (model: Model, followed: FollowedSystem): Tie => {
  const { parameters, liars } = followed
  const numbers = numbersOf(followed)
  const chosen = new Map<number, Chosen>([[0, firstView(parameters)]])
  const each = (labels: ReadonlyArray<string | number>): ReadonlyArray<Labels> =>
    labels.map((label) => [String(label)])

  const viewsOfServer = (s: string, { storage, key, possessions }: ServerState) => {
    const { number } = storage.view
    const of = (relation: Named, labels: ReadonlyArray<number>): View => ({
      relation,
      mine: ([node]) => node === s,
      rows: labels.map((label) => [s, String(label)])
    })
    return [
      of(viewOf, [number]),
      of(
        past,
        numbers.filter((one) => one < number)
      ),
      of(
        leadsTo,
        numbers.filter((one) => key !== null && one >= key.times)
      ),
      {
        relation: hasSymmetric,
        mine: ([node]: Labels) => node === s,
        rows: key === null ? [] : [[s]]
      },
      of(
        possesses,
        possessions.map(({ certificate }) => certificate.content.meta.number)
      )
    ]
  }
  const viewsOfAdministrator = ({ view, activity }: AdministratorState): ReadonlyArray<View> => {
    const isStopping = activity?.stage === "stop"
    const mine = () => true
    return [
      { relation: current, mine, rows: each([view.number]) },
      { relation: stopping, mine, rows: isStopping ? [[]] : [] },
      { relation: hasStopped, mine, rows: isStopping ? each(activity.phase.answered) : [] }
    ]
  }
  const viewsOfClient = (state: ClientState): ReadonlyArray<View> => {
    if (state._tag === "Idle") return []
    const o = nonceOf(state)
    const mine = ([label]: Labels) => label === o
    return [
      { relation: asked, mine, rows: [[o]] },
      { relation: counted, mine, rows: state.phase.answered.map((s) => [o, s]) }
    ]
  }

  const sent = (from: string, to: string, given: unknown): ReadonlyArray<Fact> => {
    const message = given as Message
    switch (message._tag) {
      case "Get":
      case "Confirm":
      case "Set":
        return message.nonce.asker === from && message.nonce.stage !== "stop"
          ? [[asked, labelOfNonce(message.nonce)]]
          : []
      case "NewView": {
        const n = String(message.view.number)
        return [
          [newView, n],
          ...(message.keys?.sealed === undefined ? [] : [[sealed, to, n] as const]),
          ...(message.keys?.inClear === undefined ? [] : [[knowsSymmetric, to, n] as const])
        ]
      }
      case "Proven": {
        const { nonce } = message.proof.content
        return [
          nonce.stage === "stop"
            ? [stopped, from, String(nonce.number)]
            : [answered, labelOfNonce(nonce), from]
        ]
      }
      default:
        return []
    }
  }

  const observed = (taken: Taken): ReadonlyArray<Fact> => [
    ...notes(taken, "forgotten").map(({ detail }) => [forgotten, String(detail.number)] as const),
    ...notes(taken, "phase ends").map(
      ({ detail }) => [ended, labelOfNonce((detail as { nonce: Nonce }).nonce)] as const
    )
  ]

  /** The super-majority of the configuration among the nodes; otherwise, a departure. */
  const quorumAmong = (n: number, nodes: ServerSet): string => {
    const view = chosen.get(n)
    const among = view?.members.filter((member) => nodes.includes(member)) ?? []
    if (view === undefined || !isQuorum(configurationOf(view), "read", among as ServerSet))
      throw new Departure(`{${nodes.join()}} is no super-majority of configuration ${n}`)
    return `${n}|${among.join()}`
  }

  /** A liar proves something: the adversary forges the proof, if it can know the key. */
  const forge = (world: World, s: string, message: Proven): void => {
    const { nonce } = message.proof.content
    const shown = {
      ...{ from: s as NodeId, administrator: administratorOf(parameters) },
      ...{ number: nonce.number, proven: message }
    }
    if (!liars.includes(s) || !isProved(symbolic, shown)) return
    const n = String(nonce.number)
    if (!world.holds(knowsPrivate, s, n)) world.take("open", { s, n })
    if (nonce.stage === "stop") world.take("forgeStopped", { s, n })
    else world.take("forge", { o: labelOfNonce(nonce), s })
  }

  const followServer = (world: World, { node: s, input, step, before }: Taken): void => {
    if (input._tag !== "Receive") return
    const message = input.message as Message
    const { number } = (before as ServerState).storage.view
    const hasMoved = (step.state as ServerState).storage.view.number !== number
    if (message._tag === "NewView" && hasMoved) {
      const [n, m] = [String(message.view.number), String(message.old.number)]
      world.take("receiveNewView", { s, l: String(number), n, m })
      return
    }
    for (const { message: reply } of step.sends) {
      const { _tag, proof } = reply as Proven
      if (_tag === "Proven") world.take("answer", { o: labelOfNonce(proof.content.nonce), s })
    }
  }

  const followAdministrator = (world: World, { input, step, before }: Taken): void => {
    const [was, is] = [before as AdministratorState, step.state as AdministratorState]
    const { number } = was.view
    const [n, m] = [String(number), String(number + 1)]
    if (input._tag === "Invoke" && is.activity?.stage === "stop") {
      const { next } = is.activity
      chosen.set(next.number, next)
      know(world, next)
      world.take("startStopping", { n, m })
    }
    if (input._tag !== "Receive" || was.activity?.stage !== "stop") return
    const message = input.message as Message
    const s = input.from as ServerSet[number]
    const { answered: heard } = was.activity.phase
    const isOver = is.activity === null
    const isCounted = isOver || is.activity.phase.answered.length > heard.length
    if (message._tag !== "Proven" || !isCounted) return
    forge(world, s, message)
    world.take("receiveStopped", { s, n })
    if (isOver) world.take("finish", { n, m, q: quorumAmong(number, [...heard, s] as ServerSet) })
  }

  const followClient = (world: World, taken: Taken): void => {
    const { input, step } = taken
    const [was, is] = [taken.before as ClientState, step.state as ClientState]
    const hasEnded = notes(taken, "phase ends").length > 0
    if (input._tag === "Receive" && was._tag === "Busy") {
      const message = input.message as Message
      const s = input.from as ServerSet[number]
      const { answered: heard } = was.phase
      const isCounted = hasEnded || (is._tag === "Busy" && is.phase.answered.length > heard.length)
      if (message._tag === "Proven" && isCounted) {
        const o = nonceOf(was)
        forge(world, s, message)
        world.take("receiveAnswer", { o, s })
        const { number } = was.view
        if (hasEnded)
          world.take("endPhase", { o, q: quorumAmong(number, [...heard, s] as ServerSet) })
      }
    }
    for (const { detail } of notes(taken, "phase begins"))
      world.take("startPhase", { o: labelOfNonce((detail as { nonce: Nonce }).nonce) })
  }

  return {
    world: () => worldOf(model, followed),
    views: (node, role, state) => {
      switch (role) {
        case "server":
          return viewsOfServer(node, state as ServerState)
        case "administrator":
          return viewsOfAdministrator(state as AdministratorState)
        default:
          return viewsOfClient(state as ClientState)
      }
    },
    sent,
    observed,
    follow: (world, taken) => {
      if (taken.role === "server") followServer(world, taken)
      if (taken.role === "administrator") followAdministrator(world, taken)
      if (taken.role === "client") followClient(world, taken)
    }
  }
}
