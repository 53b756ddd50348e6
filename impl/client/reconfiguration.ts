/**
 * The configuration as a client's user sees it: names, where the specification has identities.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { without } from "../../spec/kernel/data.ts"
import type { AnyNote } from "../../spec/kernel/observation.ts"
import { type ServerId, type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import { type Reconfigure, refused, unanswered } from "../../spec/storage/reconfiguration.ts"
import { areAdministrators } from "../keys/keys.ts"
import { nameOf } from "../memory/identity.ts"
import type { Reconfiguration } from "../protocols.ts"
import { type Known, Overloaded, type Unfinished, waitFor } from "./known.ts"

/** The configuration cannot be changed like this. */
export class ReconfigurationRefused extends Schema.TaggedError<ReconfigurationRefused>()(
  "ReconfigurationRefused",
  { problem: Schema.String, mend: Schema.String }
) {
  override get message(): string {
    return `${this.problem} — ${this.mend}`
  }
}

/**
 * Nodes by name, to be added to and removed from the configuration. A node that is added takes the
 * place of a member of its name: of the node that had that name, and has lost its memory.
 */
export interface ConfigurationChange {
  readonly add?: ReadonlyArray<string>
  readonly remove?: ReadonlyArray<string>
  /**
   * Also if no quorum of the new configuration answers now: if none ever does, the system has
   * ended.
   */
  readonly force?: boolean
}

/** What a client knows of a storage node that the directory names. */
export interface NodeStatus {
  readonly name: string
  readonly connected: boolean
  readonly member: boolean
  /**
   * It has lost its memory, or never had one: it is not the member of that name, and answers
   * nobody.
   */
  readonly isNew: boolean
}

/** What a client knows of the storage nodes. */
export interface StoreStatus {
  readonly nodes: ReadonlyArray<NodeStatus>
  /**
   * The active configurations, in order, by names: one, or more while one is being replaced. Where
   * two members have one name, by identities. None as long as no node has answered that is of a
   * system.
   */
  readonly configurations: ReadonlyArray<ReadonlyArray<string>>
  /** Whether operations complete: of every active configuration enough nodes are connected. */
  readonly available: boolean
}

export interface Reconfigurable {
  readonly status: Effect.Effect<StoreStatus>
  readonly reconfigure: (
    change: ConfigurationChange,
    transferred?: (registers: number) => void
  ) => Effect.Effect<void, ReconfigurationRefused | Unfinished>
}

/** How long a node that is to be added may take to come up. */
const startMilliseconds = 5000
/** How long nodes may take to say hello, of which some may be down. */
const helloMilliseconds = 500
/** How long nodes may take to say which configuration they know. */
const inquiryMilliseconds = 300
/** A reconfiguration fails when it has transferred nothing for so long; it may go on. */
const leastPatienceMilliseconds = 30_000

/** Waits until it is so, for so long at most; says whether it is. */
const until = Effect.fnUntraced(function* (milliseconds: number, isSo: () => boolean) {
  for (let waited = 0; waited < milliseconds && !isSo(); waited += 20) yield* Effect.sleep(20)
  return isSo()
})

export const reconfigurationOf = (known: Known): Reconfigurable => {
  const { operations, plugged, nodes, strangers, wanted, keys } = known
  const { reconfiguration } = plugged
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

  /** Those that are to be added are there, and of this system. */
  const takeIn = Effect.fnUntraced(function* (add: ReadonlyArray<string>) {
    const isUp = (name: string) => withName(name, connected()).length > 0
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
        `${add.find((name) => !isUp(name))} was not taken in`,
        "see what it logs, and try again"
      )
    }
  })

  const reconfigure: Reconfigurable["reconfigure"] = Effect.fnUntraced(
    function* (change, transferred) {
      const { add = [], remove = [], force = false } = change
      if (plugged.isTrusted === true) {
        return yield* refusal(
          `${plugged.name} is reconfigured by its administrator alone`,
          "quorate administrator replace, add or forget does it"
        )
      }
      if (reconfiguration === undefined) {
        return yield* refusal(
          `${plugged.name} has one configuration for ever`,
          "run nodes and clients with --protocol rambo"
        )
      }
      if (keys !== undefined && !areAdministrators(keys))
        return yield* forbidden(notAnAdministrator)
      if (add.length + remove.length === 0) {
        return yield* refusal("nothing is to be changed", "write +NAME or -NAME")
      }
      yield* until(helloMilliseconds, () => known.first() !== undefined)
      yield* takeIn(add)
      const configurations = yield* activeOf(known)
      const up = connected()
      const members = servers(...configurations.flatMap((one) => one.members))
      const latest = configurations.at(-1)?.members ?? []
      const wrong = problemOf(namesIn(members), add, remove)
      if (wrong !== undefined) return yield* wrong
      const added = add.flatMap((name) => withName(name, up))
      // Whoever had the name of one that is added has lost its memory.
      const lost = without(
        latest.filter((id) => add.includes(nameOf(id))),
        added
      )
      const removed = servers(
        ...lost,
        ...latest.filter((id) => remove.includes(nameOf(id)) || remove.includes(id))
      )
      const after = Configuration.changedMembers(latest, servers(...added), removed)
      if (after.length === 0) return yield* nobodyLeft
      // One that was interrupted is finished by asking for it again.
      if (configurations.length === 1 && without(after, latest).length + removed.length === 0) {
        return yield* refusal(`${add.join(", ")} is a member already`, "nothing was changed")
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
      // Of the configuration that others had made of it meanwhile.
      if (result === refused) return yield* nobodyLeft
      if (result === unanswered) return yield* noQuorum(after, up)
    }
  )
  return { status, reconfigure }
}

/** The active configurations that a client knows of that asks the nodes that are connected. */
const activeOf = Effect.fnUntraced(function* ({ operations, plugged, first }: Known) {
  const { hint, configurationsOf } = plugged
  const begun = first()
  if (begun === undefined) return []
  if (hint === undefined || configurationsOf === undefined) return [Configuration.majority(begun)]
  operations.hear(hint(servers(...operations.endpoint.connectedPeers)))
  const process = operations.inquire()
  yield* Effect.sleep(inquiryMilliseconds)
  return process === undefined
    ? [Configuration.majority(begun)]
    : configurationsOf(process.state(""))
})

/** Members as people call them: by name, where there is one of that name. */
const namesIn = (members: ServerSet): ReadonlyArray<string> =>
  members.map((id) =>
    members.filter((other) => nameOf(other) === nameOf(id)).length === 1 ? nameOf(id) : id
  )

const refusal = (problem: string, mend: string) => new ReconfigurationRefused({ problem, mend })

const nobodyLeft = refusal("no storage node would be left; nothing was changed", "add one as well")

const notAnAdministrator = "to reconfigure takes the certificate of an administrator"
const forbidden = (reason: string) =>
  refusal(
    `forbidden: ${reason}`,
    "use an administrator's keys (quorate certificates --administrators NAME)"
  )

/** Of the members that there would be, too few answer. */
const noQuorum = (after: ServerSet, up: ServerSet): ReconfigurationRefused => {
  const answering = after.filter((id) => up.includes(id))
  const who = answering.length === 0 ? "none" : `only ${answering.map(nameOf).join(", ")}`
  return refusal(
    `of ${after.map(nameOf).join(", ")} ${who} ${answering.length > 1 ? "answer" : "answers"}: no quorum would be left, and nothing could be read, written or changed any more; nothing was changed`,
    "start the others first, or add nodes that answer; --force does it all the same"
  )
}

/** Names that are no members cannot be removed; those that are need not be added. */
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
    `${stranger} is no member: those are ${members.join(", ")}; nothing was changed`,
    likely === undefined || add.includes(likely)
      ? "name one of them"
      : `did you mean ${nameOf(likely)}?`
  )
}

/** Whether one name may be a slip of the other, in one character. */
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

/**
 * Reconfigures until it is over, or has transferred nothing for long; what the reconfiguration
 * returns.
 */
const running = (
  known: Known,
  { transferredBy }: Reconfiguration,
  operation: Reconfigure,
  transferred?: (registers: number) => void
) =>
  waitFor<unknown>(
    known,
    operation._tag,
    Math.max(known.milliseconds, leastPatienceMilliseconds),
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
