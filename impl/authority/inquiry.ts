/**
 * Queries the replicas of the membership service for their standing, and submits operations to
 * them. The endpoint keeps no state.
 */
import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { View } from "../../spec/administrator/view.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { AnyPart } from "../../spec/kernel/keyed.ts"
import { maxFaulty } from "../../spec/membership/following.ts"
import { client, type ServerId, type ServerSet } from "../../spec/nodes/nodes.ts"
import { Message } from "../dbqs/messages.ts"
import { systemClock } from "../environment/clock.ts"
import { Endpoint } from "../host/endpoint.ts"
import { frameDecoder } from "../link/wire.ts"
import type { Half, Operation, Standing } from "../membership/messages.ts"
import type { Speaker } from "../net/connection.ts"
import { dial } from "../net/network.ts"
import type { AuthorityOptions } from "./options.ts"

/** Too few replicas report what the caller waits for. */
export class ServiceSilent extends Schema.TaggedError<ServiceSilent>()("ServiceSilent", {
  problem: Schema.String,
  milliseconds: Schema.Number
}) {
  override get message(): string {
    return `${this.problem} within ${this.milliseconds} ms — see which replicas run: quorate membership status`
  }
}

const askTime = "150 millis"

/** A process that sends the given messages and notes those that it receives. */
const asker: AnyPart = {
  Shared: Schema.Struct({}) as never,
  Own: Schema.Struct({}) as never,
  durable: false,
  initial: () => ({}),
  ready: () => true,
  choices: () => [],
  step: (_context, _self, state, input) => {
    if (input._tag === "Invoke") {
      const { sends } = input.operation as unknown as { readonly sends: ReadonlyArray<never> }
      return { state, sends, observations: [] }
    }
    return input._tag === "Receive"
      ? { state, sends: [], observations: [{ _tag: "Note", name: "heard", detail: input }] }
      : { state, sends: [], observations: [] }
  },
  promises: { isSettled: () => true }
}

export interface Inquiry {
  /** The standing of each replica that reports it within this time. */
  readonly all: (milliseconds: number) => Effect.Effect<ReadonlyMap<ServerId, Standing>>
  /** The latest epoch of the service that more replicas report than may lie. */
  readonly service: (known: View, milliseconds: number) => Effect.Effect<View, ServiceSilent>
  /** The public halves of these nodes for the epoch with this number. */
  readonly halves: (
    members: ServerSet,
    number: number,
    milliseconds: number
  ) => Effect.Effect<ReadonlyArray<Half>>
  readonly submit: (members: ServerSet, operation: Operation) => void
  /**
   * Waits until enough replicas satisfy the predicate: all but the maximum number of faulty ones.
   */
  readonly until: (
    members: ServerSet,
    number: number,
    is: (standing: Standing) => boolean,
    milliseconds: number
  ) => Effect.Effect<void, ServiceSilent>
}

export const inquire = Effect.fnUntraced(function* (
  { folder, directory, keys }: AuthorityOptions,
  first: ServerSet
) {
  const name = `${folder.authority.id}.${randomBytes(9).toString("base64url")}`
  const id = client(`${name}/1`)
  const heard = new Map<ServerId, Standing>()
  const endpoint = new Endpoint({
    name,
    Message,
    clock: systemClock,
    observe: (_node, _key, observation) => {
      if (observation._tag !== "Note") return
      const { from, message } = observation.detail as { from: ServerId; message: Message }
      if (message._tag === "Standing") heard.set(from, message)
    }
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => endpoint.close()))
  endpoint.add({ id, role: "client", part: asker, context: {} })
  const speaker: Speaker = {
    endpoint,
    protocol: "dbqs",
    role: "administrator",
    first: () => first,
    decode: frameDecoder(Message),
    refuses: () => undefined,
    ...(keys === undefined ? {} : { keys: () => keys })
  }
  const dialled = new Set<string>()
  const dialNew = Effect.gen(function* () {
    for (const one of (yield* directory.lookUp).keys()) {
      if (dialled.has(one)) continue
      dialled.add(one)
      yield* Effect.forkScoped(dial(speaker, directory, one))
    }
  })
  yield* dialNew
  const say = (to: ReadonlyArray<string>, message: Message): void => {
    const sends = to.map((one) => ({ to: one, message }))
    endpoint.invoke(id, "", { _tag: "Say", sends } as never)
  }
  /**
   * Asks all replicas until the answers suffice or the time has passed; returns whether they
   * suffice.
   */
  const ask = (number: number, isEnough: () => boolean, milliseconds: number) =>
    Effect.gen(function* () {
      const end = performance.now() + milliseconds
      while (performance.now() < end) {
        say(endpoint.connectedPeers, { _tag: "Inquire", number })
        yield* Effect.sleep(askTime)
        if (isEnough()) return true
      }
      return false
    })
  /** The latest view that more of these members report than may lie. */
  const agreed = (known: View): View | undefined => {
    const views = [...heard].flatMap(([from, { service }]) =>
      known.members.includes(from) ? [service] : []
    )
    return views
      .filter((view) => views.filter((one) => equals(one, view)).length > maxFaulty(known))
      .sort((left, right) => right.number - left.number)[0]
  }
  const service: Inquiry["service"] = (known, milliseconds) =>
    Effect.gen(function* () {
      yield* ask(0, () => agreed(known) !== undefined, milliseconds)
      const view = agreed(known)
      if (view === undefined)
        return yield* new ServiceSilent({
          problem: "too few replicas of the service report its current epoch",
          milliseconds
        })
      return view.number > known.number ? yield* service(view, milliseconds) : view
    })
  const inquiry: Inquiry = {
    service,
    all: (milliseconds) =>
      Effect.as(
        ask(0, () => false, milliseconds),
        heard
      ),
    halves: (members, number, milliseconds) =>
      Effect.gen(function* () {
        const halves = () =>
          members.flatMap((member) => {
            const half = heard.get(member)?.half
            return half?.signer === member && half.content.number === number ? [half] : []
          })
        yield* ask(number, () => halves().length === members.length, milliseconds)
        return halves()
      }),
    submit: (members, operation) => say(members, { _tag: "Submit", operation }),
    until: (members, number, is, milliseconds) =>
      Effect.gen(function* () {
        const count = () =>
          members.filter((one) => heard.has(one) && is(heard.get(one) as Standing))
        const needed = members.length - maxFaulty({ members })
        const isDone = yield* ask(number, () => count().length >= needed, milliseconds)
        if (!isDone)
          return yield* new ServiceSilent({
            problem: `${members.length - count().length} of ${members.length} replicas have not caught up`,
            milliseconds
          })
      })
  }
  return inquiry
})
