/**
 * The administrator of a system whose storage nodes may lie. It begins the system, admits clients,
 * and replaces storage nodes. It logs each step before any message of it leaves, so an
 * administrator that is started again resumes where the last one stopped.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { configurationOf, type View } from "../../spec/administrator/view.ts"
import { changedMembers, isServedBy } from "../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../spec/configuration/tolerated-faults.ts"
import { correct } from "../../spec/forgetting/rules.ts"
import type { AnyPart } from "../../spec/kernel/keyed.ts"
import { type ServerSet, server, servers } from "../../spec/nodes/nodes.ts"
import { type Reconfigure, refused } from "../../spec/storage/reconfiguration.ts"
import { type AdministratorState, administrator } from "../byzantine/administrator.ts"
import type { ClientState } from "../byzantine/client.ts"
import {
  type Credentials,
  credentialsFrom,
  givenTo,
  trustOfAdministrator
} from "../byzantine/given.ts"
import { maxClientNameLength } from "../byzantine/names.ts"
import { Secrets } from "../byzantine/secrets.ts"
import { Store } from "../client/store.ts"
import type { DirectoryRefused } from "../directory/address.ts"
import type { Directory } from "../directory/directory.ts"
import { systemClock } from "../environment/clock.ts"
import { Endpoint } from "../host/endpoint.ts"
import { holderOf, type Keys } from "../keys/keys.ts"
import { frameDecoder } from "../link/wire.ts"
import { nameOf } from "../memory/identity.ts"
import type { Speaker } from "../net/connection.ts"
import { dial } from "../net/network.ts"
import type { Visitor } from "../net/visit.ts"
import { beginSystem } from "../node/beginning.ts"
import { runnableNamed } from "../protocols.ts"
import { FileDisk } from "../storage/file-disk.ts"
import type { AdministratorFolder } from "./folder.ts"

/** The administrator refuses a request. Nothing was changed, unless the message says so. */
export class AdministratorRefused extends Schema.TaggedError<AdministratorRefused>()(
  "AdministratorRefused",
  { problem: Schema.String, mend: Schema.String }
) {
  override get message(): string {
    return `${this.problem} — ${this.mend}`
  }
}
const refuse = (problem: string, mend: string) => new AdministratorRefused({ problem, mend })

export const protocol = "byzantine"

const common = (folder: AdministratorFolder, keys: Keys | undefined) => ({
  protocol,
  role: "administrator" as const,
  decode: frameDecoder(runnableNamed(protocol).Message),
  ...(keys === undefined ? {} : { keys: () => keys }),
  name: folder.authority.id
})

/** Begins a system with the first nodes of the directory, and gives each of them its keys. */
export const begin = Effect.fnUntraced(function* (
  folder: AdministratorFolder,
  directory: Directory,
  keys?: Keys
) {
  const { name, ...speaks } = common(folder, keys)
  const visitor: Visitor = { ...speaks, endpoint: { name }, first: () => folder.first }
  const first = yield* beginSystem(visitor, directory, (id, system) =>
    givenTo(folder.authority, server(id), { number: 0, members: system })
  )
  folder.adopt(first)
  return first
})

/** The maximum number of faulty members among `members`. */
export const liarsAmong = (members: number): number => byzantineFaults.maxFaulty(members)

export interface Administration {
  /** The last chosen configuration. */
  readonly view: () => View
  /** Whether a change of the configuration is in progress. */
  readonly isBusy: () => boolean
  /** The identities of the storage nodes that are connected. */
  readonly connected: () => ServerSet
  /** Waits for an interrupted change to complete. */
  readonly resume: Effect.Effect<void, AdministratorRefused>
  /** Replaces members: names of nodes to add and to remove. */
  readonly reconfigure: (change: {
    readonly add: ReadonlyArray<string>
    readonly remove: ReadonlyArray<string>
    readonly isForced?: boolean
  }) => Effect.Effect<View, AdministratorRefused>
  /** Makes a client that starts with the current configuration. */
  readonly client: (name: string) => Effect.Effect<Credentials, AdministratorRefused>
  /**
   * Waits, for a limited time, until all members have acknowledged every message. Returns the
   * members that have not.
   */
  readonly deliver: Effect.Effect<ReadonlyArray<string>>
}

/** How often the administrator looks up new nodes in the directory. */
const directoryTime = "250 millis"
/** The time limit for nodes to come up, and for a change to complete. */
const startMilliseconds = 5000
const changeMilliseconds = 60_000
const deliveryMilliseconds = 5000

/** Runs the administrator of a system that has begun, until the scope ends. */
export const administrate = Effect.fnUntraced(function* (
  folder: AdministratorFolder,
  directory: Directory,
  keys?: Keys
) {
  const { authority, first } = folder
  if (first === undefined) {
    return yield* refuse(
      "it administers no system yet",
      "begin one: quorate administrator begin --servers …"
    )
  }
  const { name, ...speaks } = common(folder, keys)
  const disk = yield* Effect.acquireRelease(
    Effect.sync(() => new FileDisk(folder.log)),
    (open) => Effect.callback<void>((resume) => open.close(() => resume(Effect.void)))
  )
  let done: Deferred.Deferred<unknown> | undefined
  const endpoint = new Endpoint({
    name,
    Message: runnableNamed(protocol).Message,
    clock: systemClock,
    disk,
    secrets: new Secrets(authority.keyring),
    returns: () => true,
    observe: (_node, _key, observation) => {
      if (observation._tag === "Response" && done !== undefined)
        Deferred.doneUnsafe(done, Effect.succeed(observation.result))
    }
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => endpoint.close()))
  const process = endpoint.add({
    ...{ id: authority.id, role: "administrator", part: administrator as AnyPart },
    context: {
      rules: correct,
      configuration: { members: first },
      trust: trustOfAdministrator(authority, { number: 0, members: first })
    }
  })
  const opened = endpoint.open()
  if (Result.isFailure(opened)) return yield* refuse(opened.failure.message, notFromBackup)
  const state = () => process.state("") as AdministratorState
  const known = state().activity?.next ?? state().view
  const proved = yield* latestProved(folder, first, known, directory, keys)
  if (proved.number > known.number) {
    return yield* refuse(
      `storage nodes have its certificates of configuration ${proved.number}, and this folder knows ${known.number} at most: it is an older copy`,
      notFromBackup
    )
  }
  const strangers = new Map<string, string>()
  const wanted = new Set<string>()
  const speaker: Speaker = {
    ...speaks,
    endpoint,
    first: () => first,
    refuses: ({ endpoint: peer, first: theirs }) => {
      if (theirs === null) strangers.set(nameOf(peer), peer)
      else strangers.delete(nameOf(peer))
      return undefined
    },
    takesIn: (one) => wanted.has(one),
    givenTo: (peer) => givenTo(authority, server(peer), state().view)
  }
  const dialled = new Set<string>()
  const dialNew = Effect.gen(function* () {
    const addresses = yield* Effect.orElseSucceed(directory.lookUp, () => new Map<string, never>())
    for (const one of addresses.keys()) {
      if (dialled.has(one)) continue
      dialled.add(one)
      yield* Effect.forkScoped(dial(speaker, directory, one))
    }
  })
  yield* dialNew
  yield* Effect.forkScoped(Effect.forever(Effect.delay(dialNew, directoryTime)))
  const connected = () => servers(...endpoint.connectedPeers)
  const isUp = (one: string) => connected().some((id) => nameOf(id) === one)

  const resume = Effect.gen(function* () {
    if (yield* until(changeMilliseconds, () => state().activity === null)) return
    const next = state().activity?.next.members ?? []
    return yield* refuse(
      `a change to ${next.map(nameOf).join(", ")} is under way, and too few members of the previous configuration answer; it continues when they do`,
      "start them, and then run the administrator again"
    )
  })

  const reconfigure: Administration["reconfigure"] = Effect.fnUntraced(function* ({
    add,
    remove,
    isForced = false
  }) {
    yield* resume
    yield* until(startMilliseconds, () => add.every((one) => isUp(one) || strangers.has(one)))
    for (const one of add) if (!isUp(one)) wanted.add(one)
    const isThere = yield* until(startMilliseconds, () => add.every(isUp))
    wanted.clear()
    if (!isThere) {
      const missing = add.filter((one) => !isUp(one))
      return yield* refuse(
        `${missing.join(", ")} cannot be reached; nothing was changed`,
        `start it first, with an empty folder: quorate node --protocol ${protocol} --name ${missing[0]} --join …`
      )
    }
    const { view } = state()
    const operation = operationOf(view, add, remove, connected())
    if ("problem" in operation) return yield* refuse(operation.problem, operation.mend)
    const members = changedMembers(view.members, operation.add, operation.remove)
    const problem = problemOf(view, members, connected())
    if (problem !== undefined && !isForced)
      return yield* refuse(`${problem}; nothing was changed`, "start more of them, or --force")
    done = yield* Deferred.make<unknown>()
    endpoint.invoke(authority.id, "", operation)
    const result = yield* Effect.timeoutOption(Deferred.await(done), changeMilliseconds)
    if (result._tag === "None") yield* resume
    if (result._tag === "Some" && result.value === refused) {
      return yield* refuse(
        "a former member cannot be added again: its keys are gone, and nothing was changed",
        "start a new node, with an empty folder"
      )
    }
    return state().view
  })

  const client: Administration["client"] = (one) =>
    /^[A-Za-z0-9-]+$/.test(one) && one.length <= maxClientNameLength
      ? Effect.sync(() => credentialsFrom(authority, one, first, state().view))
      : refuse(
          `${JSON.stringify(one)} is not a valid name for a client`,
          `write letters, digits and hyphens, ${maxClientNameLength} at most`
        )

  const deliver = Effect.gen(function* () {
    yield* until(deliveryMilliseconds, () => endpoint.status.unansweredPosts === 0)
    return endpoint.status.unansweredPosts === 0
      ? []
      : state()
          .view.members.map(nameOf)
          .filter((one) => !isUp(one))
  })

  const running: Administration = {
    view: () => state().view,
    isBusy: () => state().activity !== null,
    ...{ connected, resume, reconfigure, client, deliver }
  }
  return running
})

/** An administrator with an older state would choose some configurations a second time. */
const notFromBackup = "use the folder with which the last change was made, not a backup of it"

/** The time that storage nodes have to report what they know. */
const provingMilliseconds = 2000

/**
 * The latest configuration, from this one on, for which storage nodes show the administrator's
 * certificate. A client that sends a request in this one learns it.
 */
const latestProved = (
  { authority }: AdministratorFolder,
  first: ServerSet,
  view: View,
  servers: Directory,
  keys: Keys | undefined
): Effect.Effect<View, DirectoryRefused> => {
  const name = keys === undefined ? "administrator" : holderOf(keys).name
  const client = Store.layer({
    ...{ servers, protocol, timeoutMilliseconds: provingMilliseconds },
    credentials: credentialsFrom(authority, name, first, view),
    ...(keys === undefined ? {} : { keys })
  })
  return Effect.gen(function* () {
    const { get, operations } = yield* Store
    // If too few of them answer, a node beyond this configuration still reports it.
    yield* Effect.ignore(get(""))
    return (operations.stateOf("") as ClientState).latest
  }).pipe(Effect.provide(client), Effect.scoped)
}

/** Waits until the predicate holds, up to this time; returns whether it holds. */
const until = (milliseconds: number, isSo: () => boolean): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const end = performance.now() + milliseconds
    while (!isSo()) {
      if (performance.now() > end) return false
      yield* Effect.sleep("20 millis")
    }
    return true
  })

/** The change by identities, or why it cannot be made. */
const operationOf = (
  view: View,
  add: ReadonlyArray<string>,
  remove: ReadonlyArray<string>,
  up: ServerSet
): Reconfigure | { readonly problem: string; readonly mend: string } => {
  const named = (one: string) => view.members.filter((id) => nameOf(id) === one || id === one)
  const stranger = remove.find((one) => named(one).length === 0)
  if (stranger !== undefined) {
    return {
      problem: `${stranger} is not a member (members: ${view.members.map(nameOf).join(", ")}); nothing was changed`,
      mend: "name one of them"
    }
  }
  const added = up.filter((id) => add.includes(nameOf(id)))
  const removed = remove.flatMap(named)
  if (added.every((id) => view.members.includes(id)) && removed.length === 0)
    return { problem: "there is nothing to change", mend: "name a node that is not a member" }
  return { _tag: "Reconfigure", add: servers(...added), remove: servers(...removed) }
}

/** Why the system could not continue with these members. */
const problemOf = (view: View, members: ServerSet, up: ServerSet): string | undefined => {
  const names = (ids: ServerSet) => ids.map(nameOf).join(", ")
  if (!isServedBy(configurationOf(view), up))
    return `too few of ${names(view.members)} answer: their data could not be transferred`
  if (members.length > 0 && !isServedBy(configurationOf({ number: 0, members }), up))
    return `too few of ${names(members)} answer: no super-majority would be left`
  return undefined
}
