/**
 * The authority of a dBQS system. It begins the system, admits nodes and clients, and moves the
 * membership service to other nodes. It holds no key of the service and evicts no node.
 */
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { View } from "../../spec/administrator/view.ts"
import { Certificate } from "../../spec/dbqs/epoch.ts"
import { without } from "../../spec/kernel/data.ts"
import {
  AdministratorId,
  Members,
  type ServerId,
  type ServerSet,
  server,
  servers
} from "../../spec/nodes/nodes.ts"
import { type Credentials, credentialsFrom } from "../byzantine/given.ts"
import { secretBytes } from "../byzantine/keyring.ts"
import { maxClientNameLength } from "../byzantine/names.ts"
import {
  firstCertificate,
  givenToFirst,
  givenToReplica,
  givenToStorage,
  secretOf
} from "../dbqs/foundation.ts"
import type { GivenToReplica, GivenToStorage } from "../dbqs/given.ts"
import type { Frame, Hello } from "../link/frame.ts"
import { frameDecoder } from "../link/wire.ts"
import { signAsAuthority } from "../membership/cryptography.ts"
import { nameOf } from "../memory/identity.ts"
import { type Visitor, visit } from "../net/visit.ts"
import { beginSystem } from "../node/beginning.ts"
import { runnableNamed } from "../protocols.ts"
import { replaceDurably } from "../storage/whole-file.ts"
import { inquire } from "./inquiry.ts"
import type { AuthorityOptions } from "./options.ts"

/** The authority refuses a request. */
export class AuthorityRefused extends Schema.TaggedError<AuthorityRefused>()("AuthorityRefused", {
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.problem} — ${this.mend}`
  }
}
const refuse = (problem: string, mend: string) => new AuthorityRefused({ problem, mend })

/** What the authority knows of its system. All of it is public, except where a dealing begins. */
const Facts = Schema.Struct({
  format: Schema.Literal(1),
  first: Members,
  service: AdministratorId,
  certificate: Certificate,
  view: View,
  /**
   * The handle of the randomness from which the first shares are dealt, until all replicas have
   * their shares.
   */
  dealing: Schema.NullOr(Schema.String)
})
type Facts = typeof Facts.Type

const fileOf = (data: string): string => join(data, "service.json")

const readFacts = (data: string): Facts | undefined =>
  existsSync(fileOf(data))
    ? Schema.decodeUnknownSync(Facts)(JSON.parse(readFileSync(fileOf(data), "utf8")))
    : undefined

const writeFacts = (data: string, facts: Facts): void =>
  replaceDurably(fileOf(data), `${JSON.stringify(facts)}\n`)

const isHello = (frame: Frame): frame is Hello => frame._tag === "Hello"
/** Whether the frame says that the node belongs to a system now, or why it does not. */
const isVerdict = (frame: Frame): frame is Hello | Extract<Frame, { readonly _tag: "Refused" }> =>
  frame._tag === "Refused" || (frame._tag === "Hello" && frame.first !== null)

/** The number of times that a node is asked if it does not answer. */
const visits = 5

const visitorOf = ({ folder, keys }: AuthorityOptions, first: () => ServerSet | undefined) => {
  const visitor: Visitor = {
    protocol: "dbqs",
    role: "administrator",
    endpoint: { name: `${folder.authority.id}.${randomBytes(9).toString("base64url")}` },
    first,
    decode: frameDecoder(runnableNamed("dbqs").Message),
    ...(keys === undefined ? {} : { keys: () => keys })
  }
  return visitor
}

/**
 * Begins a system with the first nodes of the directory. The nodes named here are the replicas of
 * its membership service; the others are the first storage nodes. An interrupted beginning resumes
 * with the same shares.
 */
export const beginDbqs = Effect.fnUntraced(function* (
  options: AuthorityOptions,
  replicaNames: ReadonlyArray<string>
) {
  const { folder, data, directory } = options
  const { keyring } = folder.authority
  let facts = readFacts(data)
  const isReplica = (id: string): boolean => replicaNames.includes(nameOf(id))
  const factsFor = (system: ServerSet): Facts => {
    if (facts !== undefined) return facts
    const replicas = system.filter(isReplica)
    const handle = keyring.add(randomBytes(secretBytes))
    keyring.keep([handle])
    const members = system.filter((id) => !isReplica(id))
    const random = keyring.get(handle) as Uint8Array
    facts = {
      ...{ format: 1, first: system, dealing: handle },
      ...firstCertificate(replicas, members, random),
      view: { number: 0, members: replicas }
    }
    writeFacts(data, facts)
    return facts
  }
  const given = (id: string, system: ServerSet): GivenToStorage | GivenToReplica => {
    const known = factsFor(system)
    const node = server(id)
    if (!isReplica(id)) return givenToStorage(folder.authority, known, node)
    const random = keyring.get(known.dealing ?? undefined)
    if (random === undefined) return givenToReplica(folder.authority, known, node, null)
    return givenToFirst(folder.authority, known, node, random)
  }
  if (replicaNames.length < 4)
    return yield* refuse(
      "a membership service that tolerates one faulty replica has four replicas",
      "name four"
    )
  const visitor = visitorOf(options, () => facts?.first)
  const first = yield* beginSystem(visitor, directory, given)
  const known = factsFor(first)
  folder.adopt(first)
  if (known.dealing !== null) {
    writeFacts(data, { ...known, dealing: null })
    keyring.erase([known.dealing])
  }
  return { first, view: known.view, certificate: known.certificate }
})

/** The requests that the authority serves once its system has begun. */
export const asAuthority = Effect.fnUntraced(function* (options: AuthorityOptions) {
  const { folder, data, directory } = options
  const facts = readFacts(data)
  if (facts === undefined) {
    return yield* refuse(
      "this authority has begun no system",
      "begin one: quorate membership begin"
    )
  }
  const visitor = visitorOf(options, () => facts.first)

  /**
   * The reply of the node with this name, which is asked several times because its machine may be
   * busy.
   */
  const ask = <Reply extends Frame>(
    name: string,
    say: ReadonlyArray<Frame>,
    isEnough: (frame: Frame) => frame is Reply
  ) =>
    visit(visitor, directory, name, say, (frames) => frames.some(isEnough)).pipe(
      Effect.map((frames = []) => frames),
      Effect.repeat({
        until: (frames) => frames.some(isEnough),
        schedule: Schedule.spaced("200 millis"),
        times: visits - 1
      }),
      Effect.map((frames) => frames.find(isEnough)),
      Effect.flatMap((frame) =>
        frame === undefined
          ? Effect.fail(
              refuse(`${name} does not answer`, "start it, and write it into the directory")
            )
          : Effect.succeed(frame)
      )
    )

  /** Gives a node that belongs to no system its keys and certificates. */
  const give = Effect.fnUntraced(function* (name: string, given: (id: ServerId) => unknown) {
    const { endpoint, first } = yield* ask(name, [], isHello)
    const id = server(endpoint)
    if (first !== null) return id
    const begin = { _tag: "Begin", first: facts.first, given: given(id) } as const
    const reply = yield* ask(name, [begin], isVerdict)
    if (reply._tag === "Refused")
      return yield* refuse(`${name} refuses it: ${reply.reason}`, "see its log")
    return id
  })

  /** Admits a node to the system: it is a member from the next epoch on. */
  const admit = (name: string) => give(name, (id) => givenToStorage(folder.authority, facts, id))

  const client = (name: string): Effect.Effect<Credentials, AuthorityRefused> =>
    Effect.suspend(() => {
      if (!new RegExp(`^[A-Za-z0-9-]{1,${maxClientNameLength}}$`).test(name)) {
        return Effect.fail(
          refuse(`${name} is not a valid name for a client`, "write letters, digits and hyphens")
        )
      }
      const { service, certificate, first, view: replicas } = facts
      const view = certificate.content
      const credentials = credentialsFrom(folder.authority, name, first, view)
      return Effect.succeed({ ...credentials, service, certificate, replicas })
    })

  /**
   * Moves the service. When the move has ended, the removed nodes are no longer replicas, and the
   * added ones are.
   */
  const replace = Effect.fnUntraced(function* (
    remove: ReadonlyArray<string>,
    add: ReadonlyArray<string>,
    milliseconds: number
  ) {
    const inquiry = yield* inquire(options, facts.first)
    const now = yield* inquiry.service(facts.view, milliseconds)
    const view: Facts["view"] = now
    const added: Array<ServerId> = []
    for (const name of add)
      added.push(
        yield* give(name, (id) => givenToReplica(folder.authority, { ...facts, view }, id, null))
      )
    const leaving = view.members.filter((id) => remove.includes(nameOf(id)))
    const missing = remove.find((name) => !leaving.some((id) => nameOf(id) === name))
    if (missing !== undefined)
      return yield* refuse(
        `${missing} is not a replica of the service`,
        `name one of ${view.members.map(nameOf).join(", ")}`
      )
    const members = servers(...without(view.members, leaving), ...added)
    if (members.length < 4)
      return yield* refuse("the service would have fewer than four replicas", "add some")
    const number = view.number + 1
    const halves = yield* inquiry.halves(members, number, milliseconds)
    const silent = members.filter((id) => !halves.some(({ signer }) => signer === id))
    if (silent.length > 0)
      return yield* refuse(
        `${silent.map(nameOf).join(", ")} cannot be asked for the key that encrypts its share`,
        "start it, or leave it out too"
      )
    const order = signAsAuthority(secretOf(folder.authority), { number, members, halves })
    inquiry.submit(view.members, { _tag: "Move", order })
    yield* inquiry.until(
      members,
      number,
      ({ serves, service }) => serves && service.number === number,
      milliseconds
    )
    const next = { number, members }
    writeFacts(data, { ...facts, view: next })
    return next
  })

  /** The standing of each node that reports one. */
  const status = Effect.fnUntraced(function* (milliseconds: number) {
    const inquiry = yield* inquire(options, facts.first)
    return yield* inquiry.all(milliseconds)
  })
  return { admit, client, replace, status }
})
