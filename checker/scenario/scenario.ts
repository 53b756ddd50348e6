/**
 * A scenario: what is to be checked, as data that people write.
 *
 * Only `protocol`, `servers` and `clients` are required. The JSON Schema that editors complete from is generated from
 * this one (`quorate schema`).
 */
import * as Schema from "effect/Schema"

/** The most nodes of a role that a scenario may have; the search would not end long before that. */
export const mostNodes = 100

const field = <S extends Schema.Top>(schema: S, description: string) => schema.annotate({ description })
const names = (what: string) =>
  Schema.Array(Schema.String).annotate({
    message: `expected a list of names of ${what}, such as ["s1", "s2"]`
  })
const bound = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: mostNodes })).annotate({
  message: `expected a whole number from 0 to ${mostNodes}`
})

/** A quorum system as people write it. */
const Quorums = Schema.Union([
  Schema.Literal("majority"),
  Schema.Struct({
    weights: Schema.Record(Schema.String, Schema.Int),
    threshold: Schema.optionalKey(Schema.Int)
  }),
  Schema.Struct({ sets: Schema.Array(Schema.Array(Schema.String)) })
]).annotate({
  message: `expected "majority", {"weights": {"s1": 2, …}, "threshold": 3} or {"sets": [["s1", "s2"], …]}`
})
export type Quorums = typeof Quorums.Type

const servers = Schema.Union([
  Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: mostNodes })),
  Schema.Array(Schema.String).check(Schema.isMinLength(1), Schema.isMaxLength(mostNodes))
]).annotate({
  message: `expected a whole number from 1 to ${mostNodes} (3 stands for s1, s2, s3) or a list of names`
})

const script = Schema.Array(
  Schema.String.annotate({ message: `expected an operation in quotes, such as "write 1"` })
)
  .check(Schema.isMinLength(1, { message: 'a client needs at least one operation, such as "read"' }))
  .annotate({ message: `expected a list of operations, such as ["write 1", "read"]` })

const clients = Schema.Array(script)
  .check(
    Schema.isMinLength(1, { message: 'at least one client is needed, such as ["read"]' }),
    Schema.isMaxLength(mostNodes)
  )
  .annotate({
    message: `expected a list with one list of operations per client, such as [["write 1"], ["read"]]`
  })

const verdict = Schema.Literals(["holds", "violated"]).annotate({ message: `expected "holds" or "violated"` })

export const Scenario = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(field(Schema.String, "What the scenario shows, in a sentence or two.")),
  protocol: field(
    Schema.String.annotate({ message: `expected the name of a protocol, such as "majority"` }),
    "The protocol to check."
  ),
  variant: Schema.optionalKey(
    field(Schema.String, "A variant of the protocol, such as a mutant; without it, the protocol itself.")
  ),
  servers: field(servers, "The storage nodes: how many (3 stands for s1, s2, s3), or their names."),
  configuration: Schema.optionalKey(
    field(names("servers"), "The members of the initial configuration; without it, all servers.")
  ),
  quorums: Schema.optionalKey(
    field(
      Schema.Union([Quorums, Schema.Struct({ read: Quorums, write: Quorums })]),
      "The quorums of the initial configuration; without it, majorities."
    )
  ),
  clients: field(clients, "One script per client: the operations that it invokes one after the other."),
  faults: Schema.optionalKey(
    field(
      Schema.Struct({
        crashes: Schema.optionalKey(
          Schema.Struct({ servers: Schema.optionalKey(bound), clients: Schema.optionalKey(bound) })
        )
      }),
      "Which faults may happen, at any time."
    )
  ),
  properties: Schema.optionalKey(
    field(names("properties"), "The properties to check; without it, all that the protocol promises.")
  ),
  expect: Schema.optionalKey(
    field(Schema.Record(Schema.String, verdict), "The verdict that is expected of each property.")
  )
}).annotate({ title: "Quorate scenario", message: "expected a record with protocol, servers and clients" })
export type Scenario = typeof Scenario.Type

/** The JSON Schema of a scenario file. */
export const scenarioJsonSchema = (): Record<string, unknown> => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(Scenario)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}),
    additionalProperties: false
  }
}
