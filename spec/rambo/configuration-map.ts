/**
 * The map from indices to configurations, cmap (tutorial, section 5): "a prefix of retired
 * configurations, followed by one or more active configurations, followed by an infinite suffix of
 * yet-unknown configurations".
 *
 * "To store the map compactly, the initial prefix of retired configurations and the final suffix of
 * unknown configurations are not represented explicitly": a number stands for the prefix, the end
 * of a list for the suffix.
 *
 * The entry at an index only advances: from unknown to a configuration to retired. To integrate two
 * maps is to take the more advanced entry at each index. This is the least upper bound, so a node
 * may receive maps in any order and any number of times.
 */
import * as Schema from "effect/Schema"
import { Configuration, listed } from "../configuration/configuration.ts"
import { compare, equals } from "../kernel/data.ts"
import { Count } from "../kernel/node.ts"
import { describeTimestamp } from "../register/pair.ts"

/**
 * The maximum number of active configurations. It is large enough that only this many crashed
 * reconfigurers in a row reach it, and small enough that all members fit into one message.
 */
export const maxActive = 64

export const ConfigurationMap = Schema.Struct({
  /** The number of retired configurations: those with smaller indices. */
  retired: Count,
  /** The active configurations, from the index `retired` on. */
  active: Schema.Array(Configuration).check(Schema.isMinLength(1), Schema.isMaxLength(maxActive))
})
export type ConfigurationMap = typeof ConfigurationMap.Type

/** The initial map of every node: the first configuration. */
export const initial = (configuration: Configuration): ConfigurationMap => ({
  retired: 0,
  active: [configuration]
})

/**
 * The number of known configurations, retired or active; also the index of the first unknown one.
 */
export const lengthOf = ({ retired, active }: ConfigurationMap): number => retired + active.length

/**
 * True if the successor of the configuration with this index is known: its instance of consensus
 * has decided.
 */
export const isDecided = (map: ConfigurationMap, index: number): boolean =>
  lengthOf(map) > index + 1

/** The active configuration at the index; undefined if it is retired or unknown. */
export const activeAt = (
  { retired, active }: ConfigurationMap,
  index: number
): Configuration | undefined => active[index - retired]

/** The active configuration with the largest index. */
export const latest = ({ active }: ConfigurationMap): Configuration =>
  active.at(-1) as Configuration

/** The map with one more configuration. */
export const append = (map: ConfigurationMap, configuration: Configuration): ConfigurationMap => ({
  ...map,
  active: [...map.active, configuration]
})

/**
 * The map with all configurations below the index retired. At least one known configuration must
 * stay active.
 */
export const retireBelow = (map: ConfigurationMap, index: number): ConfigurationMap =>
  index <= map.retired ? map : { retired: index, active: map.active.slice(index - map.retired) }

/**
 * Integrates two maps: at each index the more advanced entry. (Two different configurations at one
 * index would be a split brain, which the agreed sequence excludes. Mutants may break that, so the
 * function takes the greater configuration and remains a join.)
 */
export const integrate = (left: ConfigurationMap, right: ConfigurationMap): ConfigurationMap => {
  if (equals(left, right)) return left
  const retired = Math.max(left.retired, right.retired)
  const length = Math.max(lengthOf(left), lengthOf(right)) - retired
  const active = Array.from({ length }, (_, place) =>
    greater(activeAt(left, retired + place), activeAt(right, retired + place))
  )
  return { retired, active }
}

const greater = (
  left: Configuration | undefined,
  right: Configuration | undefined
): Configuration => (compare(left, right) < 0 ? right : left) as Configuration

/** True if the map adds nothing to `base`. */
export const isNoNews = (base: ConfigurationMap, map: ConfigurationMap): boolean =>
  equals(integrate(base, map), base)

/** True if no index has different active configurations in the two maps. */
export const agree = (left: ConfigurationMap, right: ConfigurationMap): boolean =>
  left.active.every((configuration, place) => {
    const other = activeAt(right, left.retired + place)
    return other === undefined || equals(configuration, other)
  })

/** `0:± 1:{s1,s3,s4}≥2.c1`; ± is retired, ≥ a floor, and unknown indices are left out. */
export const describeMap = ({ retired, active }: ConfigurationMap): string =>
  [
    ...(retired === 0 ? [] : [retired === 1 ? "0:±" : `0-${retired - 1}:±`]),
    ...active.map(
      ({ members, floor }, place) =>
        `${retired + place}:${listed(members)}${floor === undefined ? "" : `≥${describeTimestamp(floor)}`}`
    )
  ].join(" ")
