/**
 * Plain data of the specification in words.
 */
import { listed } from "../../spec/configuration/configuration.ts"
import { describePair, type Pair } from "../../spec/register/pair.ts"

/**
 * Plain data in as few words as possible: vt-pairs and configurations have notations of their own.
 */
export const describeData = (data: unknown): string => {
  if (Array.isArray(data)) return `[${data.map(describeData).join(", ")}]`
  if (!isRecord(data)) return String(data ?? "none")
  if (isPair(data)) return describePair(data)
  if (Array.isArray(data.members) && [data.read, data.write].every(isMajority))
    return listed(data.members)
  const fields = Object.entries(data).filter(
    ([field, value]) => field !== "_tag" && value !== undefined
  )
  const body = fields.map(([field, value]) => `${field}: ${describeData(value)}`).join(", ")
  const tag = typeof data._tag === "string" ? [data._tag] : []
  return [...tag, ...(body === "" && tag.length > 0 ? [] : [`{ ${body} }`])].join(" ")
}

export const isRecord = (data: unknown): data is Readonly<Record<string, unknown>> =>
  typeof data === "object" && data !== null && !Array.isArray(data)
const isMajority = (system: unknown): boolean => isRecord(system) && system._tag === "Majority"
const isPair = (data: object): data is Pair =>
  Object.keys(data).sort().join() === "timestamp,value" && isRecord((data as Pair).timestamp)
