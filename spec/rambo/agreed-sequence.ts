/**
 * The agreed sequence of configurations, as an abstract system (tutorial, section 5): "each
 * configuration is followed by a single configuration", and old configurations are retired, one
 * after the other.
 *
 * Its state is the knowledge of the sequence in all nodes and all messages in flight. Under this
 * mapping, a step of a protocol that reconfigures along a sequence either appends one configuration
 * or retires the oldest active one. A fault of a node removes what that node alone knew, until
 * another node learns it again.
 */
import type { Configuration } from "../configuration/configuration.ts"
import { equals, setOf, without } from "../kernel/data.ts"
import type { Refines } from "../kernel/property.ts"
import type { GlobalState } from "../kernel/system.ts"
import type { ConfigurationMap } from "./configuration-map.ts"
import type { Message } from "./messages.ts"

/** The known part of the sequence. */
export interface AgreedSequence {
  /** The number of retired configurations. */
  readonly retired: number
  /**
   * The configurations from the index `retired` on. Each entry has every configuration that some
   * node or message has at that index; without a split brain there is one.
   */
  readonly active: ReadonlyArray<ReadonlyArray<Configuration>>
  /** The number of correct nodes. */
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

/** What some node knows, or is about to learn, and the number of nodes without a fault. */
interface Knowledge {
  readonly maps: ReadonlyArray<ConfigurationMap>
  readonly correct: number
}

const knowledgeIn = ({ nodes, inFlight }: GlobalState<Roles, Message>): Knowledge => {
  const correct = [...Object.values(nodes.server), ...Object.values(nodes.client)]
  const sent = Object.values(inFlight).flatMap((inbox) =>
    inbox.flatMap(({ message }) => ("map" in message ? [message.map] : []))
  )
  return { maps: [...correct.map(({ map }) => map), ...sent], correct: correct.length }
}

const knownBy = ({ maps, correct }: Knowledge): AgreedSequence => {
  const retired = Math.max(...maps.map((map) => map.retired))
  const known = Math.max(...maps.map((map) => map.retired + map.active.length))
  return {
    retired,
    active: Array.from({ length: known - retired }, (_, place) =>
      setOf(maps.flatMap((map) => map.active[retired + place - map.retired] ?? []))
    ),
    correct
  }
}

/** The step appends one configuration, which differs from the last one and has members. */
const appends = (before: AgreedSequence, after: AgreedSequence): boolean => {
  const [last, next] = [before.active.at(-1)?.[0], after.active.at(-1)]
  return (
    after.retired === before.retired &&
    equals(after.active.slice(0, -1), before.active) &&
    next?.length === 1 &&
    !equals(next[0], last) &&
    (next[0]?.members.length ?? 0) > 0
  )
}

/** The step retires at most `most` configurations; one stays active. */
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
 * A node fails, and its knowledge is lost: the remaining entries are a subset of the earlier ones.
 * If the other nodes have not learned of a retirement, earlier configurations become active again;
 * all nodes agree on these.
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
 * The property that a protocol refines the agreed sequence, retiring at most `most` configurations
 * in a step. `knowledge` gives what the nodes know of the sequence in a state, and `first` its
 * first configuration.
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
      ? appends(before, after) || retires(most, before, after)
      : after.correct === before.correct - 1 && forgets(before, after)
})

/** The same property for a protocol whose nodes keep a cmap. */
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
  "each step appends one configuration to an agreed sequence, retires the oldest active one, or does neither",
  1
)

/**
 * The refinement of RAMBO II, which retires several configurations at once; RAMBO's sequence never
 * does.
 */
export const refinesSequenceInParallel = refines(
  "refines-sequence-in-parallel",
  "each step appends one configuration to an agreed sequence, retires some of the oldest ones, or does neither",
  Number.POSITIVE_INFINITY
)
