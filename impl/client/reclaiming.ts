/**
 * Reclaiming the memory of removed keys, for an administrator.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { setOf, without } from "../../spec/kernel/data.ts"
import { servers } from "../../spec/nodes/nodes.ts"
import { incomplete, overtaken } from "../../spec/rambo/registers/raising.ts"
import type { Reclaim } from "../../spec/rambo/registers/state.ts"
import { administratorsKeys, areAdministrators } from "../keys/keys.ts"
import { nameOf } from "../memory/identity.ts"
import { inquired, type Known, Overloaded, type Unfinished, until, waitFor } from "./known.ts"
import { helloMilliseconds } from "./reconfiguration.ts"

/** Nothing was reclaimed. */
export class ReclaimingRefused extends Schema.TaggedError<ReclaimingRefused>()(
  "ReclaimingRefused",
  { problem: Schema.String, mend: Schema.String }
) {
  override get message(): string {
    return `${this.problem} — ${this.mend}`
  }
}

/**
 * Has all storage nodes forget the keys that were removed: some thousands at a time. Returns how
 * many they have forgotten; 0 if none is left.
 */
export type ReclaimSome = Effect.Effect<number, ReclaimingRefused | Unfinished>

const refusal = (problem: string, mend: string) => new ReclaimingRefused({ problem, mend })
const forbidden = (reason: string) => refusal(`forbidden: ${reason}`, administratorsKeys)

/** The time that a transfer of some thousand removals may take, and the consensus after it. */
const workMilliseconds = 60_000
/** How often reclaiming is tried, if the client did not know the configuration at first. */
const tries = 3

export const reclaimingOf = (known: Known, graceMilliseconds: number): ReclaimSome => {
  const { operations, runnable } = known
  const once = Effect.suspend(() =>
    waitFor<unknown>(
      known,
      "Reclaim",
      workMilliseconds + graceMilliseconds,
      (done, refused): Overloaded | undefined => {
        const operation: Reclaim = { _tag: "Reclaim" }
        return operations.invoke("", operation, done, { refused })
          ? undefined
          : new Overloaded({ key: "" })
      }
    ).pipe(
      Effect.catchTag("Refused", (failure) =>
        Effect.fail(failure.kind === "forbidden" ? forbidden(failure.reason) : failure)
      )
    )
  )
  return Effect.gen(function* () {
    if (runnable.reclaiming === undefined) {
      return yield* refusal(
        `${runnable.name} does not reclaim the memory of removed keys`,
        "run nodes and clients with --protocol rambo, or let quorate recover begin a new system"
      )
    }
    const keys = known.keys()
    if (keys !== undefined && !areAdministrators(keys))
      return yield* forbidden("reclaiming requires an administrator's certificate")
    yield* until(helloMilliseconds, () => known.first() !== undefined)
    for (let tried = 0; tried < tries; tried++) {
      yield* allAnswer(known)
      const result = yield* once
      if (typeof result === "number") return result
      if (result === incomplete) return yield* refusal(away([]), mend)
      if (result !== overtaken) break
    }
    return yield* refusal(changing, "try again when that is done (quorate status shows it)")
  })
}

const changing = "the configuration is being changed; nothing was forgotten"
const mend =
  "a removal can be forgotten once all members have it: start them first, or replace them"

const away = (names: ReadonlyArray<string>): string =>
  names.length === 0
    ? "not all members answer; nothing was forgotten"
    : `${names.join(", ")} ${names.length === 1 ? "does" : "do"} not answer; nothing was forgotten`

/** Makes sure that one configuration is active, and that all its members answer. */
const allAnswer = Effect.fnUntraced(function* (known: Known) {
  const { configurationsOf } = known.runnable
  const state = yield* inquired(known)
  const configurations = state === undefined ? [] : (configurationsOf?.(state) ?? [])
  if (configurations.length > 1) {
    return yield* refusal(
      changing,
      "let it finish first: quorate reconfigure, run again, completes an interrupted one"
    )
  }
  const members = servers(...configurations.flatMap((one) => one.members))
  const absent = without(members, servers(...known.operations.endpoint.connectedPeers))
  if (absent.length > 0) return yield* refusal(away(setOf(absent.map(nameOf))), mend)
})
