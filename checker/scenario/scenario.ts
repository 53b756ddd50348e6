/**
 * A scenario: what to check, as data that people write.
 *
 * Only `protocol`, `servers` and `clients` are required. The JSON Schema that editors complete from
 * is generated from this one (`quorate schema`); `load.ts` contains the messages about mistakes.
 */
import * as Schema from "effect/Schema"
import { hearings, strengths } from "../../spec/kernel/adversary.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import { PremiseName } from "../../spec/liveness/liveness.ts"
import { protocols } from "../../spec/protocols.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import { fitting } from "./fitting.ts"

/**
 * The maximum number of nodes of a role in a scenario; with more, a search would take far too long.
 */
export const maxNodes = 100

/** The largest bound; with a larger one, a search would take far too long. */
export const maxBound = 1000

const described = <S extends Schema.Top>(schema: S, description: string) =>
  schema.annotate({ description })
const names = Schema.Array(Schema.String)
const bound = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: maxNodes }))

/** A quorum system as people write it. */
const Quorums = Schema.Union([
  Schema.Literals(["majority", "supermajority"]),
  Schema.Struct({
    weights: Schema.Record(Schema.String, Schema.Int),
    threshold: Schema.optionalKey(Schema.Int)
  }),
  Schema.Struct({ sets: Schema.Array(names) })
])
export type Quorums = typeof Quorums.Type

const servers = Schema.Union([
  Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxNodes })),
  names.check(Schema.isMinLength(1), Schema.isMaxLength(maxNodes))
])

const clients = Schema.Array(names.check(Schema.isMinLength(1))).check(Schema.isMaxLength(maxNodes))

/** How many nodes may crash, or which ones. */
const who = Schema.Union([bound, names])

/**
 * The nodes that may lose their memory and start again: as a new node, as is required, or under
 * their old identity.
 */
const amnesia = Schema.Struct({
  servers: who,
  restarts: Schema.optionalKey(Schema.Literals(["as-new", "under-its-name"]))
})

/**
 * The nodes that may crash: a number per role, and every node that may crash without breaking a
 * premise; the premise's name alone bounds no numbers.
 */
const crashes = Schema.Union([
  PremiseName,
  Schema.Struct({
    servers: Schema.optionalKey(who),
    clients: Schema.optionalKey(who),
    while: Schema.optionalKey(PremiseName)
  })
])

/** The premises of liveness, and the protocols' own premises. */
const premiseNames = [
  ...new Set([
    ...PremiseName.literals,
    ...protocols.flatMap(({ premises = [] }) => premises.map(({ name }) => name))
  ])
]

/**
 * The nodes that may be corrupted: at the beginning, and at any time, or as soon as that is allowed
 * (`atOnce`); and the strength of the adversary that speaks for them. The numbers include the nodes
 * that are corrupt at the beginning.
 */
const corruptions = Schema.Struct({
  atStart: Schema.optionalKey(names),
  servers: Schema.optionalKey(who),
  clients: Schema.optionalKey(who),
  while: Schema.optionalKey(Schema.Literals(premiseNames)),
  atOnce: Schema.optionalKey(Schema.Boolean),
  strength: Schema.optionalKey(Schema.Literals(strengths)),
  overhears: Schema.optionalKey(Schema.Literals(hearings)),
  domain: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Array(Schema.Union([Schema.Int, Schema.String])))
  )
})

/** The maximum number of steps before a search. */
export const maxCourse = 1000

/**
 * A step: in the words in which the explorer and the messages of the loader show it, or as the data
 * of a step in the JSON document of a counterexample, of which `node` and `action` count.
 */
const GivenStep = Schema.Union([
  Schema.String,
  Schema.Struct({
    node: Schema.String,
    action: Schema.Record(Schema.String, Schema.Unknown)
  })
])
export type GivenStep = typeof GivenStep.Type

export const Scenario = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(
    described(Schema.String, "What the scenario shows, in a sentence or two.")
  ),
  protocol: described(Schema.String, "The protocol to check."),
  variant: Schema.optionalKey(
    described(
      Schema.String,
      "A variant of the protocol, such as a mutant; without it, the protocol itself."
    )
  ),
  servers: described(
    servers,
    "The storage nodes: how many (3 stands for s1, s2, s3), or their names."
  ),
  configuration: Schema.optionalKey(
    described(names, "The members of the initial configuration; without it, all servers.")
  ),
  quorums: Schema.optionalKey(
    described(
      Schema.Union([Quorums, Schema.Struct({ read: Quorums, write: Quorums })]),
      "The quorums of the initial configuration; without it, majorities."
    )
  ),
  directory: Schema.optionalKey(
    described(
      Schema.Boolean,
      "Whether the system has a directory service, which never fails; without it, there is none."
    )
  ),
  administrator: Schema.optionalKey(
    described(
      Schema.Array(Schema.String),
      "What the administrator does, one after the other; without it, there is none."
    )
  ),
  clients: described(
    clients,
    "One script per client: the operations that it invokes one after the other."
  ),
  faults: Schema.optionalKey(
    described(
      Schema.Struct({
        crashes: Schema.optionalKey(crashes),
        amnesia: Schema.optionalKey(amnesia),
        corruptions: Schema.optionalKey(corruptions)
      }),
      "Which faults may happen: which servers and clients may crash at any time (a number, names, or any as long as a premise of liveness holds); which servers may lose their memory, and whether they restart as new nodes (the default) or under their names; which nodes are corrupt at the beginning or may be corrupted, and how strong the adversary is that speaks for them (arbitrary by default)."
    )
  ),
  after: Schema.optionalKey(
    described(
      Schema.Array(GivenStep).check(Schema.isMaxLength(maxCourse)),
      'A course: steps from the initial state, after which the search begins. Verdicts are about what follows it. A step is written in the explorer\'s words, such as "s1 receives get from c1"; or, if these words leave open which step is meant, as its node and its action in the JSON document of a counterexample.'
    )
  ),
  bounds: Schema.optionalKey(
    described(
      Schema.Record(
        Schema.String,
        Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxBound }))
      ),
      "Where processes stop by themselves so that the search ends, such as how many rounds of ballots a proposer begins. Without it, the protocol's defaults."
    )
  ),
  properties: Schema.optionalKey(
    described(
      names,
      "The properties to check; without it, all that the protocol promises, but liveness properties only if a verdict is expected of them."
    )
  ),
  expect: Schema.optionalKey(
    described(
      Schema.Record(Schema.String, Schema.Literals(["holds", "violated"])),
      "The verdict that is expected of each property. Where violations are all that is expected, the search ends with them, and decides nothing about properties that are not named."
    )
  )
}).annotate({ title: "Quorate scenario" })
export type Scenario = typeof Scenario.Type

/** The names of all properties of a protocol that can be checked. */
export const propertyNames = (protocol: {
  readonly properties: ReadonlyArray<AnyProperty>
}): ReadonlyArray<string> => [...protocol.properties.map(({ name }) => name), deadlockFreedom]

/** The JSON Schema of a scenario file: as strict as the loader, and with the existing names. */
export const scenarioJsonSchema = (): Record<string, unknown> => {
  const { schema } = Schema.toJsonSchemaDocument(Scenario)
  const closed = close(schema) as { readonly properties: Record<string, Record<string, unknown>> }
  const variants = protocols.flatMap((protocol) => protocol.variants.map(({ name }) => name))
  const properties = [...new Set(protocols.flatMap(propertyNames))]
  const bounds = [
    ...new Set(protocols.flatMap((protocol) => (protocol.bounds ?? []).map(({ name }) => name)))
  ]
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...closed,
    properties: {
      ...closed.properties,
      protocol: { ...closed.properties.protocol, enum: protocols.map(({ name }) => name) },
      variant: { ...closed.properties.variant, enum: [...new Set(variants)] },
      bounds: { ...closed.properties.bounds, propertyNames: { enum: bounds } },
      properties: { ...closed.properties.properties, items: { type: "string", enum: properties } },
      expect: { ...closed.properties.expect, propertyNames: { enum: properties } }
    },
    allOf: fitting()
  }
}

/** The same JSON Schema, in which no record may have unnamed fields. */
const close = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== "object" || schema === null) return schema
  const closed = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, close(value)])
  )
  return "properties" in closed && closed.type === "object"
    ? { ...closed, additionalProperties: false }
    : closed
}
