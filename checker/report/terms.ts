/**
 * States as people read them: by the fields of the specification, which are the paper's terms, with
 * vt-pairs, configurations, cmaps, views and phases in the notation of the papers. A change since
 * another state is marked, with the old value.
 */
import { type Configuration, listed } from "../../spec/configuration/configuration.ts"
import { countsMembers } from "../../spec/configuration/quorums.ts"
import { equals } from "../../spec/kernel/data.ts"
import { type AnyObjectType, describeOperation, objectTypeOf } from "../../spec/kernel/object.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import { type ConfigurationMap, describeMap } from "../../spec/rambo/configuration-map.ts"
import { describePair, type Pair } from "../../spec/register/pair.ts"

/** A value in words; a value with parts also has them as `fields`, each with its name. */
export interface Term {
  readonly text: string
  readonly fields?: ReadonlyArray<Field>
  /** Whether the value differs from that in the state before. */
  readonly isChanged: boolean
  /** The old value of a changed one, in words; absent if the value's parts show it. */
  readonly was?: string
}

export interface Field {
  readonly name: string
  readonly term: Term
}

/** The absence of a state to compare with: nothing is marked. */
export const nothingBefore = Symbol("nothing before")

type Data = Readonly<Record<string, unknown>>

/** What the words depend on: the types of the objects of operations. */
export type Objects = ReadonlyArray<AnyObjectType>

/** A value, compared with the one before. `name` is the field that contains it. */
export const termOf = (
  objects: Objects,
  value: unknown,
  before: unknown = nothingBefore,
  name = ""
): Term => {
  const isChanged = before !== nothingBefore && !equals(before, value)
  const parts = partsOf(objects, value, name)
  if (parts === undefined) {
    const text = wordsFor(objects, value, name)
    return { text, isChanged, ...(isChanged ? { was: briefly(objects, before, name) } : {}) }
  }
  const former = before === nothingBefore ? undefined : partsOf(objects, before, name)
  const hasSameParts = former !== undefined && former.heading === parts.heading
  const fields = parts.fields.map(([field, part]): Field => {
    const was = hasSameParts ? former.fields.find(([other]) => other === field)?.[1] : undefined
    const compared = hasSameParts ? was : before === nothingBefore ? nothingBefore : undefined
    return { name: field, term: termOf(objects, part, compared, parts.nameOf(field)) }
  })
  const isReplaced = isChanged && !hasSameParts
  return {
    text: parts.heading,
    fields,
    isChanged,
    ...(isReplaced ? { was: briefly(objects, before, name) } : {})
  }
}

/** An old value: for one with parts, its kind is enough. */
const briefly = (objects: Objects, value: unknown, name: string): string =>
  partsOf(objects, value, name)?.heading || wordsFor(objects, value, name)

/** A value that is shown part by part. */
interface Parts {
  readonly heading: string
  readonly fields: ReadonlyArray<readonly [string, unknown]>
  /** The name for the value of a field: for the items of a list, that of the list. */
  readonly nameOf: (field: string) => string
}

const partsOf = (objects: Objects, value: unknown, name: string): Parts | undefined => {
  if (notation(objects, value, name) !== undefined) return undefined
  if (Array.isArray(value)) {
    if (value.every((item) => isShort(objects, item, name))) return undefined
    const heading = value.length === 1 ? "1 entry" : `${value.length} entries`
    return {
      heading,
      fields: value.map((item, at) => [String(at + 1), item] as const),
      nameOf: () => name
    }
  }
  if (!isRecord(value)) return undefined
  const fields = fieldsOf(value)
  if (fields.length === 0) return undefined
  return { heading: tagIn(value) ?? "", fields, nameOf: (field) => field }
}

/**
 * A phase shows which nodes have answered, and the configurations in which a quorum must answer.
 */
const fieldsOf = (value: Data): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(value).filter(([field, part]) => field !== "_tag" && part !== undefined)

const isShort = (objects: Objects, value: unknown, name: string): boolean =>
  notation(objects, value, name) !== undefined ||
  !(Array.isArray(value) || isRecord(value)) ||
  (isRecord(value) && fieldsOf(value).length === 0)

/** A value in one line. */
export const wordsFor = (objects: Objects, value: unknown, name = ""): string => {
  const known = notation(objects, value, name)
  if (known !== undefined) return known
  if (Array.isArray(value))
    return `{${value.map((item) => wordsFor(objects, item, name)).join(", ")}}`
  if (!isRecord(value)) return typeof value === "string" ? value : String(value ?? "⊥")
  const tag = tagIn(value)
  const body = fieldsOf(value).map(([field, part]) => `${field} ${wordsFor(objects, part, field)}`)
  if (body.length === 0) return tag ?? "{}"
  return tag === undefined ? body.join(", ") : `${tag} (${body.join(", ")})`
}

/** The papers' notation for a value; undefined if they have none. */
const notation = (objects: Objects, value: unknown, name: string): string | undefined => {
  if (!isRecord(value)) return undefined
  if (has(value, "value", "timestamp") && isTimestamp(value.timestamp))
    return describePair(value as unknown as Pair)
  if (isTimestamp(value)) return `(${value.number}, ${value.client ?? "⊥"})`
  if (has(value, "members", "read", "write"))
    return configuration(value as unknown as Configuration)
  if (has(value, "retired", "active")) return describeMap(value as unknown as ConfigurationMap)
  if (has(value, "add", "remove") && isNames(value.add) && isNames(value.remove))
    return changes(value.add, value.remove, name)
  if (has(value, "owner")) return `key of ${wordsFor(objects, value.owner)}`
  if ("signer" in value && "content" in value) {
    const content = wordsFor(objects, value.content)
    return `${content.includes(",") ? `(${content})` : content} signed by ${wordsFor(objects, value.signer)}${
      value.signature === "forged" ? " (forged)" : ""
    }`
  }
  const type = objectTypeOf(objects, value as unknown as AnyOperation)
  return type === undefined
    ? undefined
    : describeOperation(objects, value as unknown as AnyOperation)
}

const configuration = ({ members, read, write }: Configuration): string => {
  const kinds = [read, write].map((system) => system._tag)
  const plain = kinds.every((kind) => kind === "Majority")
  if (plain) return listed(members)
  const words = [read, write].map((system) =>
    countsMembers(system) ? system._tag.toLowerCase() : wordsFor([], system)
  )
  return `${listed(members)} by ${[...new Set(words)].join(" to read, ")}${words[0] === words[1] ? "" : " to write"}`
}

/** The names of fields that hold views; elsewhere, additions and removals are a change. */
const viewNames = /view|front|start|desired|latest|ended|stored/i

const changes = (
  add: ReadonlyArray<string>,
  remove: ReadonlyArray<string>,
  name: string
): string => {
  if (!viewNames.test(name)) {
    const signed = [...add.map((node) => `+${node}`), ...remove.map((node) => `-${node}`)]
    return signed.length === 0 ? "no change" : signed.join(" ")
  }
  const members = add.filter((node) => !remove.includes(node))
  return [`{${members.join(",")}}`, ...remove.map((node) => `-${node}`)].join(" ")
}

const isTimestamp = (value: unknown): value is { number: number; client: string | null } =>
  isRecord(value) && has(value, "number", "client")

const isNames = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((item) => typeof item === "string")

/** Whether a record has these fields and no others. */
const has = (value: Data, ...fields: ReadonlyArray<string>): boolean => {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  return keys.length === fields.length && fields.every((field) => field in value)
}

const tagIn = ({ _tag }: Data): string | undefined => (typeof _tag === "string" ? _tag : undefined)

const isRecord = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Whether the papers have a notation for the value, so that it is not shown part by part. */
export const isWritten = (objects: Objects, value: unknown, name: string): boolean =>
  notation(objects, value, name) !== undefined
