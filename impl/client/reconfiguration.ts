/**
 * The configuration as a client's user sees it, with names instead of identities.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { without } from "../../spec/kernel/data.ts"
import type { AnyNote } from "../../spec/kernel/observation.ts"
import { type ServerId, type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import {
  notJoined,
  type Reconfigure,
  refused,
  unanswered
} from "../../spec/storage/reconfiguration.ts"
import { administratorsKeys, areAdministrators } from "../keys/keys.ts"
import { nameOf } from "../memory/identity.ts"
import type { Reconfiguration } from "../protocols.ts"
import { inquired, type Known, Overloaded, type Unfinished, until, waitFor } from "./known.ts"

/** The configuration cannot be changed in this way. */
export class ReconfigurationRefused extends Schema.TaggedError<ReconfigurationRefused>()(
  "ReconfigurationRefused",
  { problem: Schema.String, mend: Schema.String }
) {
  override get message(): string {
    return `${this.problem} — ${this.mend}`
  }
}

/**
 * Nodes to add to and remove from the configuration, by name. An added node replaces a member with
 * its name: the node that had that name and has lost its memory.
 */
export interface ConfigurationChange {
  readonly add?: ReadonlyArray<string>
  readonly remove?: ReadonlyArray<string>
  /**
   * Reconfigures even if no quorum of the new configuration answers now. If none ever answers, the
   * system is lost.
   */
  readonly force?: boolean
}

/** What a client knows of a storage node in the directory. */
export interface NodeStatus {
  readonly name: string
  readonly connected: boolean
  readonly member: boolean
  /**
   * The node has lost its memory, or never had one: it is not the member with that name, and
   * answers no requests.
   */
  readonly isNew: boolean
}

/** What a client knows of the storage nodes. */
export interface StoreStatus {
  readonly nodes: ReadonlyArray<NodeStatus>
  /**
   * The active configurations, in order, by names: one, or more during a reconfiguration. Members
   * that share a name appear by identity. Empty until a node that belongs to a system has answered.
   */
  readonly configurations: ReadonlyArray<ReadonlyArray<string>>
  /** Whether operations complete: enough nodes of every active configuration are connected. */
  readonly available: boolean
}

export interface Reconfigurable {
  readonly status: Effect.Effect<StoreStatus>
  readonly reconfigure: (
    change: ConfigurationChange,
    transferred?: (registers: number) => void
  ) => Effect.Effect<void, ReconfigurationRefused | Unfinished>
}

/** The time limit for a node that is to be added to come up. */
const startMilliseconds = 5000
/** The time that nodes have to say hello; some may be down. */
export const helloMilliseconds = 500
/** A reconfiguration fails after this time without a transfer; it may still go on. */
const minPatienceMilliseconds = 30_000

export const reconfigurationOf = (known: Known): Reconfigurable => {
  const { operations, runnable, nodes, strangers, wanted } = known
  const { reconfiguration } = runnable
  const connected = (): ServerSet => servers(...operations.endpoint.connectedPeers)
  const withName = (name: string, among: ServerSet): ReadonlyArray<ServerId> =>
    among.filter((id) => nameOf(id) === name)

  const status = Effect.gen(function* () {
    const isThere = (name: string) => withName(name, connected()).length > 0 || strangers.has(name)
    yield* until(helloMilliseconds, () => [...nodes].every(isThere))
    const configurations = yield* activeOf(known)
    const up = connected()
    const latest = configurations.at(-1)?.members ?? []
    return {
      nodes: [...nodes].map((name) => ({
        name,
        connected: withName(name, up).length > 0,
        member: withName(name, latest).length > 0,
        isNew:
          strangers.has(name) ||
          (withName(name, latest).length > 0 &&
            withName(name, up).length > 0 &&
            !withName(name, up).some((id) => latest.includes(id)))
      })),
      configurations: configurations.map(({ members }) => namesIn(members)),
      available:
        configurations.length > 0 &&
        configurations.every((one) => Configuration.isServedBy(one, up))
    }
  })

  /**
   * Makes sure that the nodes to add answer and belong to this system. Returns who they are: each
   * is added, also if it is away by the time that the reconfiguration begins.
   */
  const takeIn = Effect.fnUntraced(function* (add: ReadonlyArray<string>) {
    const found = new Map<string, ReadonlyArray<ServerId>>()
    const isUp = (name: string) => {
      const now = withName(name, connected())
      if (now.length > 0) found.set(name, now)
      return found.has(name)
    }
    yield* until(startMilliseconds, () => add.every((name) => isUp(name) || strangers.has(name)))
    const silent = add.find((name) => !isUp(name) && !strangers.has(name))
    if (silent !== undefined) {
      return yield* refusal(
        `${silent} does not answer`,
        `start it first: quorate node --name ${silent} --join …, with the same --servers`
      )
    }
    for (const name of add) if (!isUp(name)) wanted.add(name)
    const taken = yield* until(startMilliseconds, () => add.every(isUp))
    wanted.clear()
    if (!taken) {
      return yield* refusal(
        `${add.find((name) => !isUp(name))} did not join the system`,
        "see its log, and try again"
      )
    }
    return add.flatMap((name) => found.get(name) ?? [])
  })

  const reconfigure: Reconfigurable["reconfigure"] = Effect.fnUntraced(
    function* (change, transferred) {
      const { add = [], remove = [], force = false } = change
      if (runnable.isTrusted === true) {
        return yield* refusal(
          `${runnable.name} is reconfigured only by its administrator`,
          "use quorate administrator replace, add or forget"
        )
      }
      if (reconfiguration === undefined) {
        return yield* refusal(
          `${runnable.name} cannot change its configuration`,
          "run nodes and clients with --protocol rambo"
        )
      }
      const keys = known.keys()
      if (keys !== undefined && !areAdministrators(keys))
        return yield* forbidden(notAnAdministrator)
      if (add.length + remove.length === 0) {
        return yield* refusal("no change was given", "write +NAME or -NAME")
      }
      yield* until(helloMilliseconds, () => known.first() !== undefined)
      const added = yield* takeIn(add)
      const configurations = yield* activeOf(known)
      const up = connected()
      const members = servers(...configurations.flatMap((one) => one.members))
      const latest = configurations.at(-1)?.members ?? []
      if (isDone(configurations, added, remove, nodes)) return
      const wrong = problemOf(namesIn(members), add, remove)
      if (wrong !== undefined) return yield* wrong
      // A member with the name of an added node has lost its memory.
      const lost = without(
        latest.filter((id) => add.includes(nameOf(id))),
        added
      )
      const removed = servers(
        ...lost,
        ...latest.filter((id) => remove.includes(nameOf(id)) || remove.includes(id))
      )
      const after = Configuration.changedMembers(latest, servers(...added), removed)
      if (after.length === 0) return yield* noNodeLeft
      // To finish an interrupted reconfiguration, its user asks for it again.
      if (configurations.length === 1 && without(after, latest).length + removed.length === 0) {
        return yield* refusal(`${add.join(", ")} is already a member`, "nothing was changed")
      }
      const successor = Configuration.majority(after)
      if (!force && !Configuration.isServedBy(successor, up)) return yield* noQuorum(after, up)
      const operation: Reconfigure = {
        _tag: "Reconfigure",
        add: servers(...added),
        remove: removed,
        ...(force ? {} : { answering: up })
      }
      const result = yield* running(known, reconfiguration, operation, transferred).pipe(
        Effect.catchTag("Refused", (failure) =>
          Effect.fail(failure.kind === "forbidden" ? forbidden(failure.reason) : failure)
        )
      )
      // This happens if another reconfiguration changed the configuration meanwhile.
      if (result === refused) return yield* noNodeLeft
      if (result === unanswered) return yield* noQuorum(after, up)
      if (result === notJoined) return yield* holdsMore(added)
    }
  )
  return { status, reconfigure }
}

/** The active configurations that a client learns by asking the connected nodes. */
const activeOf = Effect.fnUntraced(function* (known: Known) {
  const { configurationsOf } = known.runnable
  const begun = known.first()
  if (begun === undefined) return []
  if (configurationsOf === undefined) return [Configuration.majority(begun)]
  const state = yield* inquired(known)
  return state === undefined ? [Configuration.majority(begun)] : configurationsOf(state)
})

/** Members as users name them: by name, unless two members share it. */
const namesIn = (members: ServerSet): ReadonlyArray<string> =>
  members.map((id) =>
    members.filter((other) => nameOf(other) === nameOf(id)).length === 1 ? nameOf(id) : id
  )

const refusal = (problem: string, mend: string) => new ReconfigurationRefused({ problem, mend })

const noNodeLeft = refusal("no storage node would be left; nothing was changed", "add one as well")

const notAnAdministrator = "reconfiguration requires an administrator's certificate"
const forbidden = (reason: string) => refusal(`forbidden: ${reason}`, administratorsKeys)

/** An added node was a member before removed keys were forgotten, and does not know of that. */
const holdsMore = (added: ServerSet): ReconfigurationRefused =>
  refusal(
    `${added.map(nameOf).join(", ")} no longer ${added.length === 1 ? "answers" : "answer"}, or already ${added.length === 1 ? "holds" : "hold"} values, which may have been removed since; nothing was changed`,
    "move the folder away, start the node with an empty one, and add it again"
  )

/** Too few members of the new configuration answer. */
const noQuorum = (after: ServerSet, up: ServerSet): ReconfigurationRefused => {
  const answering = after.filter((id) => up.includes(id))
  const who = answering.length === 0 ? "none" : `only ${answering.map(nameOf).join(", ")}`
  return refusal(
    `${who} of ${after.map(nameOf).join(", ")} ${answering.length > 1 ? "answer" : "answers"}: no quorum would be left to read, write or reconfigure; nothing was changed`,
    "start the others first, or add nodes that answer; --force reconfigures anyway"
  )
}

/**
 * Whether the requested replacement has already been made: its user may request it again after
 * losing the answer. A removed name then belongs to a node of the directory and is not a
 * misspelling.
 */
const isDone = (
  configurations: ReadonlyArray<Configuration.Configuration>,
  added: ReadonlyArray<ServerId>,
  remove: ReadonlyArray<string>,
  nodes: ReadonlySet<string>
): boolean => {
  const [only, ...others] = configurations
  return (
    only !== undefined &&
    others.length === 0 &&
    added.length > 0 &&
    remove.length > 0 &&
    added.every((id) => only.members.includes(id)) &&
    remove.every((name) => nodes.has(name) && only.members.every((id) => nameOf(id) !== name))
  )
}

/** A removed name must be a member; an added one may be. */
const problemOf = (
  members: ReadonlyArray<string>,
  add: ReadonlyArray<string>,
  remove: ReadonlyArray<string>
): ReconfigurationRefused | undefined => {
  const isMember = (name: string) =>
    members.some((member) => member === name || nameOf(member) === name)
  const stranger = remove.find((name) => !isMember(name))
  if (stranger === undefined) return undefined
  const likely =
    members.find((member) => nameOf(member).toLowerCase() === stranger.toLowerCase()) ??
    members.find((member) => isLike(nameOf(member), stranger))
  return refusal(
    `${stranger} is not a member (members: ${members.join(", ")}); nothing was changed`,
    likely === undefined || add.includes(likely)
      ? "name one of them"
      : `did you mean ${nameOf(likely)}?`
  )
}

/** Whether the two names differ in at most one character. */
const isLike = (name: string, written: string): boolean => {
  const [shorter, longer] = [name.toLowerCase(), written.toLowerCase()].sort(
    (left, right) => left.length - right.length
  ) as [string, string]
  if (longer.length - shorter.length > 1) return false
  for (let at = 0; at < longer.length; at++) {
    const without = longer.slice(0, at) + longer.slice(at + 1)
    if (without === shorter || without === shorter.slice(0, at) + shorter.slice(at + 1)) return true
  }
  return shorter === longer
}

/** Runs a reconfiguration until it ends, or transfers nothing for too long. Returns its result. */
const running = (
  known: Known,
  { transferredBy }: Reconfiguration,
  operation: Reconfigure,
  transferred?: (registers: number) => void
) =>
  waitFor<unknown>(
    known,
    operation._tag,
    Math.max(known.milliseconds, minPatienceMilliseconds),
    (done, refused, progress) => {
      let registers = 0
      const noted = (note: AnyNote): void => {
        const more = transferredBy(note)
        if (more === undefined) return
        progress()
        registers += more
        transferred?.(registers)
      }
      return known.operations.invoke("", operation, done, { noted, refused })
        ? undefined
        : new Overloaded({ key: "" })
    }
  )
