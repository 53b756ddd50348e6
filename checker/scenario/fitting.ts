/**
 * The parts of a scenario's JSON Schema that depend on its protocol: an editor offers only the
 * protocol's variants, properties, bounds and operations, and describes each.
 */
import { protocols, type StorageProtocol } from "../../spec/protocols.ts"
import { deadlockFreedom } from "../engine/findings.ts"

/** One condition for each protocol. */
export const fitting = (): ReadonlyArray<Record<string, unknown>> =>
  protocols.map((protocol) => ({
    if: { properties: { protocol: { const: protocol.name } }, required: ["protocol"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: fieldsOf(protocol) }
  }))

const fieldsOf = (protocol: StorageProtocol): Record<string, unknown> => {
  const properties = named([
    ...protocol.properties.map(({ name, about }) => ({ name, about })),
    { name: deadlockFreedom, about: "no state without a next step leaves an operation pending" }
  ])
  return {
    protocol: { description: protocol.about },
    variant: named(protocol.variants),
    // A validator may refuse an empty list of names.
    bounds:
      protocol.bounds === undefined || protocol.bounds.length === 0
        ? { maxProperties: 0 }
        : { propertyNames: named(protocol.bounds) },
    properties: { items: properties },
    expect: { propertyNames: properties },
    clients: { items: { items: operationsOf(protocol) } }
  }
}

/** One of these names, each with its description, as editors show it. */
const named = (items: ReadonlyArray<{ readonly name: string; readonly about: string }>) => ({
  enum: items.map(({ name }) => name),
  enumDescriptions: items.map(({ about }) => about)
})

const operationsOf = ({ objects }: StorageProtocol) => {
  const kinds = objects.flatMap((object) => object.kinds)
  const verbs = [...new Set(kinds.map(({ tag }) => tag.charAt(0).toLowerCase() + tag.slice(1)))]
  return {
    description: `An operation: ${kinds.map(({ syntax }) => syntax).join("; ")}.`,
    pattern: `^\\s*(?:${verbs.join("|")})(?:\\s|$)`,
    examples: kinds.map(({ syntax }) => syntax.replace("VALUE", "1").replace("REGISTER", "x"))
  }
}
