/**
 * The agreed sequence of configurations, as an abstract system (tutorial, section 5): "each
 * configuration is followed by a single configuration", and old ones are retired, one after the
 * other.
 *
 * A state of it is what all nodes together know of the sequence, and what is on its way to them.
 * Seen through that, every protocol that reconfigures along a sequence does one of two things in a
 * step: the sequence goes on by one configuration, or the oldest active one is retired. When a
 * fault befalls a node, what it alone knew is not known any more, until somebody learns it again.
 */
import type { Configuration } from "../configuration/configuration.ts"
import { equals, setOf, without } from "../kernel/data.ts"
import type { Refines } from "../kernel/property.ts"
import type { GlobalState } from "../kernel/system.ts"
import type { ConfigurationMap } from "./configuration-map.ts"
import type { Message } from "./messages.ts"

/** What is known of the sequence by somebody. */
export interface AgreedSequence {
  /** How many configurations are retired. */
  readonly retired: number
  /**
   * The configurations from the index `retired` on: at each index those that somebody takes for it,
   * which is one.
   */
  readonly active: ReadonlyArray<ReadonlyArray<Configuration>>
  /** How many nodes there are that no fault has befallen. */
  readonly correct: number
}

interface Knowing {
  readonly map: ConfigurationMap
}
interface Roles {
  readonly server: Knowing
  readonly client: Knowing
}

interface Context {
  readonly configuration: Configuration
}

/** What somebody knows, or is about to, and how many nodes there are that no fault has befallen. */
interface Knowledge {
  readonly maps: ReadonlyArray<ConfigurationMap>
  readonly correct: number
}

const knowledgeIn = ({ nodes, inFlight }: GlobalState<Roles, Message>): Knowledge => {
  const correct = [...Object.values(nodes.server), ...Object.values(nodes.client)]
  const told = Object.values(inFlight).flatMap((inbox) =>
    inbox.flatMap(({ message }) => ("map" in message ? [message.map] : []))
  )
  return { maps: [...correct.map(({ map }) => map), ...told], correct: correct.length }
}

const knownBy = ({ maps, correct }: Knowledge): AgreedSequence => {
  const retired = Math.max(0, ...maps.map((map) => map.retired))
  const known = Math.max(0, ...maps.map((map) => map.retired + map.active.length))
  return {
    retired,
    active: Array.from({ length: known - retired }, (_, place) =>
      setOf(maps.flatMap((map) => map.active[retired + place - map.retired] ?? []))
    ),
    correct
  }
}

/** The sequence goes on by one configuration, which is another than the last and has members. */
const goesOn = (before: AgreedSequence, after: AgreedSequence): boolean => {
  const [last, next] = [before.active.at(-1)?.[0], after.active.at(-1)]
  return (
    after.retired === before.retired &&
    equals(after.active.slice(0, -1), before.active) &&
    next?.length === 1 &&
    !equals(next[0], last) &&
    (next[0]?.members.length ?? 0) > 0
  )
}

/** Configurations are retired, `most` at once at most; one stays active. */
const retires = (most: number, before: AgreedSequence, after: AgreedSequence): boolean => {
  const count = after.retired - before.retired
  return (
    count >= 1 &&
    count <= most &&
    after.active.length > 0 &&
    equals(after.active, before.active.slice(count))
  )
}

/**
 * One node fewer knows something: what is known further on is what was known there, or less; where
 * more is known to be active, because the others have heard of no retirement, all agree.
 */
const forgets = (before: AgreedSequence, after: AgreedSequence): boolean => {
  const least = before.retired - after.retired
  return (
    least >= 0 &&
    after.retired + after.active.length <= before.retired + before.active.length &&
    after.active.every((known, place) =>
      place < least
        ? known.length === 1
        : without(known, before.active[place - least] ?? []).length === 0
    )
  )
}

/**
 * The property that a protocol goes along an agreed sequence, of which it retires so many
 * configurations at once at most. `knowledge` says what is known of it in a state, and `first` what
 * it begins with.
 */
export const refinesAgreedSequence = <In, Whole>(
  name: string,
  about: string,
  most: number,
  knowledge: (whole: Whole) => Knowledge,
  first: (context: In) => Configuration
): Refines<In, Whole, AgreedSequence> => ({
  _tag: "Refines",
  name,
  about,
  isSymmetric: true,
  mapping: (_context, whole) => knownBy(knowledge(whole)),
  begins: (context, abstract) =>
    abstract.retired === 0 && equals(abstract.active, [[first(context)]]),
  allows: (_context, before, after) =>
    before.correct === after.correct
      ? goesOn(before, after) || retires(most, before, after)
      : after.correct === before.correct - 1 && forgets(before, after)
})

/** The same of a protocol whose nodes keep a cmap. */
const refines = (name: string, about: string, most: number) =>
  refinesAgreedSequence<Context, GlobalState<Roles, Message>>(
    name,
    about,
    most,
    knowledgeIn,
    ({ configuration }) => configuration
  )

export const refinesSequence = refines(
  "refines-sequence",
  "each step continues an agreed sequence of configurations by one, retires the oldest active one, or does neither",
  1
)

/**
 * What RAMBO II refines instead: it retires several configurations in one go, which RAMBO's
 * sequence never does.
 */
export const refinesSequenceInParallel = refines(
  "refines-sequence-in-parallel",
  "each step continues an agreed sequence of configurations by one, retires some of the oldest ones, or does neither",
  Number.POSITIVE_INFINITY
)
