/**
 * The map from indices to configurations, cmap (tutorial, section 5): "a prefix of retired
 * configurations, followed by one or more active configurations, followed by an infinite suffix of
 * yet-unknown configurations".
 *
 * "To store the map compactly, the initial prefix of retired configurations and the final suffix of
 * unknown configurations are not represented explicitly": a number stands for the prefix, the end
 * of a list for the suffix.
 *
 * At each index knowledge only grows, from unknown to a configuration to retired. Two maps are
 * integrated by taking the more knowledgeable of the two at each index: the least upper bound, so
 * that it does not matter in which order, how often or along which way maps reach a node.
 */
import * as Schema from "effect/Schema"
import { Configuration, listed } from "../configuration/configuration.ts"
import { compare, equals } from "../kernel/data.ts"
import { Count } from "../kernel/node.ts"

/**
 * The most active configurations: so many that only as many reconfigurers that die one after the
 * other come there, and so few that their members fit into one message.
 */
export const mostActive = 64

export const ConfigurationMap = Schema.Struct({
  /** How many configurations are retired: those with the indices below this one. */
  retired: Count,
  /** The active configurations, from the index `retired` on. */
  active: Schema.Array(Configuration).check(Schema.isMinLength(1), Schema.isMaxLength(mostActive))
})
export type ConfigurationMap = typeof ConfigurationMap.Type

/** What everyone knows at the beginning: the first configuration. */
export const initial = (configuration: Configuration): ConfigurationMap => ({
  retired: 0,
  active: [configuration]
})

/**
 * The number of configurations that are known, retired or active; the index of the first unknown
 * one.
 */
export const known = ({ retired, active }: ConfigurationMap): number => retired + active.length

/**
 * True when the configuration after the one with this index is known: its instance of consensus has
 * decided.
 */
export const isDecided = (map: ConfigurationMap, index: number): boolean => known(map) > index + 1

/** The active configuration at the index; undefined if it is retired or unknown. */
export const activeAt = (
  { retired, active }: ConfigurationMap,
  index: number
): Configuration | undefined => active[index - retired]

/** The active configuration with the largest index. */
export const latest = ({ active }: ConfigurationMap): Configuration =>
  active.at(-1) as Configuration

/** The map after the sequence has been continued by one configuration. */
export const append = (map: ConfigurationMap, configuration: Configuration): ConfigurationMap => ({
  ...map,
  active: [...map.active, configuration]
})

/**
 * The map in which all configurations below the index are retired; at least one known configuration
 * stays active.
 */
export const retireBelow = (map: ConfigurationMap, index: number): ConfigurationMap =>
  index <= map.retired ? map : { retired: index, active: map.active.slice(index - map.retired) }

/**
 * Both maps, integrated: at each index the more knowledgeable of the two. (Two different
 * configurations at one index would be a split brain. The sequence of configurations excludes it;
 * the greater is taken, so that this stays a join even where a mutant broke the sequence.)
 */
export const integrate = (left: ConfigurationMap, right: ConfigurationMap): ConfigurationMap => {
  const retired = Math.max(left.retired, right.retired)
  const length = Math.max(known(left), known(right)) - retired
  const active = Array.from({ length }, (_, place) =>
    greater(activeAt(left, retired + place), activeAt(right, retired + place))
  )
  return { retired, active }
}

const greater = (
  left: Configuration | undefined,
  right: Configuration | undefined
): Configuration => (compare(left, right) < 0 ? right : left) as Configuration

/** True when the map says nothing that `base` does not know. */
export const isNoNews = (base: ConfigurationMap, map: ConfigurationMap): boolean =>
  equals(integrate(base, map), base)

/** True when no index has one active configuration here and another there. */
export const agree = (left: ConfigurationMap, right: ConfigurationMap): boolean =>
  left.active.every((configuration, place) => {
    const other = activeAt(right, left.retired + place)
    return other === undefined || equals(configuration, other)
  })

/** `0:± 1:{s1,s3,s4}`; nothing is said of all the indices that are unknown. */
export const describeMap = ({ retired, active }: ConfigurationMap): string =>
  [
    ...(retired === 0 ? [] : [retired === 1 ? "0:±" : `0-${retired - 1}:±`]),
    ...active.map(({ members }, place) => `${retired + place}:${listed(members)}`)
  ].join(" ")
