/**
 * A system begins once, by an explicit act. Every node of the first configuration is present, with
 * a memory that has just begun. Each learns the identities of all, which name the system from then
 * on. No node answers clients before that.
 *
 * The act may be repeated, by any process and at several places at once: the same identities make
 * the same system. If a node of the directory remembers a system, no other system begins: a node
 * without memory there is a stranger, to be admitted.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { listed } from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import { type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import { type Directory, firstOf } from "../directory/directory.ts"
import type { Frame, Hello } from "../link/frame.ts"
import { callAll, type Visitor, visit } from "../net/visit.ts"
import { replacement, runnableNamed } from "../protocols.ts"

/** No system can begin with these nodes. */
export class BeginningRefused extends Schema.TaggedError<BeginningRefused>()("BeginningRefused", {
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.problem} — ${this.mend}`
  }
}

/**
 * Not all nodes of the first configuration are present; or another node, or one without an
 * identity, answers at the address of one of them.
 */
export class NotAllThere extends Schema.TaggedError<NotAllThere>()("NotAllThere", {
  missing: Schema.Array(Schema.String),
  /** Whether something answers, under another name or without one. */
  isSomebodyThere: Schema.Boolean
}) {
  override get message(): string {
    return this.isSomebodyThere
      ? `${this.missing.join(", ")} cannot be reached, though something answers at its address: it may belong to a system that has begun, so none begins — correct the directory if another node answers there (two names with one address), or wait for it`
      : `${this.missing.join(", ")} cannot be reached: a system begins when all its first nodes answer — start them first (quorate node --name ${this.missing[0]} …)`
  }
}

/**
 * Begins a system with the first nodes of the directory, or continues an unfinished beginning.
 * Returns the first members.
 */
export const beginSystem = Effect.fnUntraced(function* (
  visitor: Visitor,
  directory: Directory,
  /** What the node with this identity is given in this system. */
  givenTo?: (id: string, system: ServerSet) => unknown
) {
  const names = firstOf(yield* directory.lookUp)
  if (names.length === 0) {
    return yield* new BeginningRefused({
      problem: `${directory.source} names no node to begin with`,
      mend: "list at least one without a plus"
    })
  }
  const called = yield* callAll(visitor, directory)
  // A node that does not answer now may belong to a system that has begun.
  const silent = [...called].filter(([, hello]) => hello === undefined).map(([name]) => name)
  if (silent.length > 0) return yield* new NotAllThere({ missing: silent, isSomebodyThere: true })
  const there = called as ReadonlyMap<string, Hello>
  const begun = [...there.values()].flatMap(({ first }) => (first === null ? [] : [first]))
  const system = begun[0] ?? (yield* systemOf(names, there))
  if (begun.some((other) => !equals(other, system))) {
    return yield* new BeginningRefused({
      problem: `these nodes belong to several systems: ${[...new Set(begun.map(listed))].join(", ")}`,
      mend: "name the nodes of one of them"
    })
  }
  const strangers = [...there].filter(([name, { first }]) => first === null && names.includes(name))
  const foreign = strangers.find(
    ([, { endpoint }]) => !(system as ReadonlyArray<string>).includes(endpoint)
  )
  if (foreign !== undefined) {
    const runnable = runnableNamed(visitor.protocol)
    return yield* new BeginningRefused({
      problem: `a system has begun already, with ${listed(system)}, and ${foreign[0]} has no memory of it`,
      mend:
        runnable.joins === undefined
          ? replacement(runnable, foreign[0])
          : `${runnable.joins(foreign[0])} adds it in the place of the member with its name`
    })
  }
  for (const [name] of strangers) {
    const given = givenTo?.((there.get(name) as Hello).endpoint, system)
    const begin: Frame = {
      ...{ _tag: "Begin", first: system },
      ...(given === undefined ? {} : { given })
    }
    const heard = (yield* visit(visitor, directory, name, [begin], isTold)) ?? []
    const refusal = heard.find((frame) => frame._tag === "Refused")
    if (refusal?._tag === "Refused") {
      return yield* new BeginningRefused({
        problem: `${name}: ${refusal.reason}`,
        mend: "see its log"
      })
    }
    if (!isTold(heard))
      return yield* new NotAllThere({ missing: [name], isSomebodyThere: heard.length > 0 })
  }
  return system
})

const isTold = (heard: ReadonlyArray<Frame>): boolean =>
  heard.some(
    (frame) => frame._tag === "Refused" || (frame._tag === "Hello" && frame.first !== null)
  )

/** The system of these nodes, all of which have to be present. */
const systemOf = (
  names: ReadonlyArray<string>,
  there: ReadonlyMap<string, Hello>
): Effect.Effect<ServerSet, NotAllThere> => {
  const missing = names.filter((name) => !there.has(name))
  return missing.length > 0
    ? Effect.fail(new NotAllThere({ missing, isSomebodyThere: false }))
    : Effect.succeed(servers(...names.map((name) => (there.get(name) as Hello).endpoint)))
}
