import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Configuration, majority } from "../../../spec/configuration/configuration.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import { Count, NodeId, SetOf } from "../../../spec/kernel/node.ts"
import { identitiesIn, type Renaming, renamer } from "../../../spec/kernel/renaming.ts"
import { ClientState } from "../../../spec/majority/client.ts"
import { Message } from "../../../spec/majority/messages.ts"
import { ServerState } from "../../../spec/majority/server.ts"
import { variants } from "../../../spec/majority/variants.ts"
import {
  ClientId,
  client,
  ServerId,
  type ServerSet,
  ServerSet as Servers,
  server,
  servers
} from "../../../spec/nodes/nodes.ts"
import { Access, Value } from "../../../spec/register/operation.ts"
import { draws } from "../../draws.ts"
import {
  type Context,
  drive,
  movesOf,
  rulesOf,
  type Situation,
  stepOf,
  type Transition
} from "../majority/drive.ts"

const swap: Renaming = new Map([
  ["s1", "s3"],
  ["s3", "s1"]
])

describe("the renamer of a schema", () => {
  it("renames an identity, and leaves one alone that has no new name", () => {
    const rename = renamer(ServerId)
    expect(rename(swap, server("s1"))).toBe("s3")
    expect(rename(swap, server("s2"))).toBe("s2")
    expect(renamer(ClientId)(swap, client("c1"))).toBe("c1")
  })

  it("leaves alone every string that is not an identity, even if it is spelled like one", () => {
    const schema = Schema.Struct({ name: Schema.String, value: Value, at: ServerId })
    expect(renamer(schema)(swap, { name: "s1", value: "s1", at: server("s1") })).toEqual({
      name: "s1",
      value: "s1",
      at: "s3"
    })
  })

  it("finds identities in records, arrays, tuples, keys, optional fields and unions, however deep", () => {
    const schema = Schema.Struct({
      nested: Schema.Struct({ inner: Schema.Array(Schema.Struct({ of: ServerId })) }),
      tuple: Schema.Tuple([Schema.String, ServerId]),
      byServer: Schema.Record(ServerId, Schema.Array(ServerId)),
      optional: Schema.optionalKey(ServerId),
      nullable: Schema.NullOr(ServerId),
      nothing: Schema.NullOr(ServerId),
      either: Schema.Array(
        Schema.Union([
          Schema.TaggedStruct("Named", { is: ServerId }),
          Schema.TaggedStruct("Text", { is: Schema.String })
        ])
      )
    })
    const [s1, s2] = [server("s1"), server("s2")]
    expect(
      renamer(schema)(swap, {
        nested: { inner: [{ of: s1 }, { of: s2 }] },
        tuple: ["s1", s1],
        byServer: { [s1]: [s1, s2], [s2]: [] },
        optional: s1,
        nullable: s1,
        nothing: null,
        either: [
          { _tag: "Named", is: s1 },
          { _tag: "Text", is: "s1" }
        ]
      })
    ).toEqual({
      nested: { inner: [{ of: "s3" }, { of: "s2" }] },
      tuple: ["s1", "s3"],
      byServer: { s3: ["s3", "s2"], s2: [] },
      optional: "s3",
      nullable: "s3",
      nothing: null,
      either: [
        { _tag: "Named", is: "s3" },
        { _tag: "Text", is: "s1" }
      ]
    })
  })

  it("does not add an optional field that is absent", () => {
    const rename = renamer(Schema.Struct({ optional: Schema.optionalKey(ServerId) }))
    expect(Object.keys(rename(swap, {}))).toEqual([])
  })

  it("sorts a set again, also one of sets, and keeps the order of an array", () => {
    expect(renamer(Servers)(swap, servers("s1", "s2"))).toEqual(["s2", "s3"])
    expect(renamer(Schema.Array(ServerId))(swap, servers("s1", "s2"))).toEqual(["s3", "s2"])
    expect(renamer(SetOf(Servers))(swap, [servers("s1"), servers("s2", "s3")])).toEqual([
      ["s1", "s2"],
      ["s3"]
    ])
  })

  it("renames what only its checks keep out of a union without tags, as a mutant may make it", () => {
    const Holding = Schema.Struct({ at: ServerId, count: Count })
    const schema = Schema.Union([Schema.Struct({ text: Schema.String }), Holding, Servers])
    const rename = renamer(schema)
    expect(rename(swap, { at: server("s1"), count: -1 })).toEqual({ at: "s3", count: -1 })
    expect(rename(swap, { at: server("s1"), count: 1 })).toEqual({ at: "s3", count: 1 })
    // An invalid set: its items are out of order.
    expect(rename(swap, [server("s2"), server("s1")])).toEqual(["s2", "s3"])
    expect(identitiesIn(schema)({ at: server("s1"), count: -1 })).toEqual(["s1"])
  })

  it("prefers the member of a union that accepts a value to one that has its shape", () => {
    const Numbered = Schema.Struct({ at: Schema.String, count: Count })
    const Below = Schema.Struct({ at: ServerId, count: Schema.Int })
    const rename = renamer(Schema.Union([Numbered, Below]))
    expect(rename(swap, { at: server("s1"), count: -1 })).toEqual({ at: "s3", count: -1 })
    expect(rename(swap, { at: server("s1"), count: 1 })).toEqual({ at: "s1", count: 1 })
  })

  it("follows a schema that contains itself", () => {
    interface Tree {
      readonly at: ServerId
      readonly below: ReadonlyArray<Tree>
    }
    const Tree: Schema.Codec<Tree, unknown> = Schema.Struct({
      at: ServerId,
      below: Schema.Array(Schema.suspend(() => Tree))
    })
    const tree = {
      at: server("s1"),
      below: [{ at: server("s2"), below: [{ at: server("s3"), below: [] }] }]
    }
    expect(renamer(Tree)(swap, tree)).toEqual({
      at: "s3",
      below: [{ at: "s2", below: [{ at: "s1", below: [] }] }]
    })
  })

  it("renames a configuration: its members, weights and quorums", () => {
    const [s1, s2, s3] = [server("s1"), server("s2"), server("s3")]
    const configuration: Configuration = {
      members: [s1, s2, s3],
      read: {
        _tag: "Weighted",
        weights: [
          { server: s1, weight: 2 },
          { server: s2, weight: 1 }
        ]
      },
      write: { _tag: "Explicit", quorums: [[s1], [s2, s3]] }
    }
    expect(renamer(Configuration)(swap, configuration)).toEqual({
      members: ["s1", "s2", "s3"],
      read: {
        _tag: "Weighted",
        weights: [
          { server: "s2", weight: 1 },
          { server: "s3", weight: 2 }
        ]
      },
      write: { _tag: "Explicit", quorums: [["s1", "s2"], ["s3"]] }
    })
  })
})

const renameNode = renamer(NodeId)
const renameState = { server: renamer(ServerState), client: renamer(ClientState) }
const renameInput = renamer(
  Schema.Union([
    Schema.TaggedStruct("Invoke", { operation: Access }),
    Schema.TaggedStruct("Receive", { from: NodeId, message: Message })
  ])
)
const Observation = Schema.Union([
  Schema.TaggedStruct("Invocation", { operation: Access }),
  Schema.TaggedStruct("Response", { operation: Access, result: Value })
])
/**
 * Messages to several nodes leave in no particular order: the sends of a step are compared as a
 * set.
 */
const Sends = SetOf(Schema.Struct({ to: NodeId, message: Message }))
const renameSends = renamer(Sends)
const renameObservations = renamer(Schema.Array(Observation))

const renameSituation = (renaming: Renaming, { role, self, state }: Situation): Situation =>
  ({
    role,
    self: renameNode(renaming, self),
    state:
      role === "server" ? renameState.server(renaming, state) : renameState.client(renaming, state)
  }) as Situation

const renameStep = (renaming: Renaming, { role, step }: Transition) => ({
  state:
    role === "server"
      ? renameState.server(renaming, step.state as ServerState)
      : renameState.client(renaming, step.state as ClientState),
  sends: renameSends(renaming, setOf(step.sends)),
  observations: renameObservations(renaming, step.observations as never)
})

const systemOf = (members: ServerSet, variant: string): Context => ({
  servers: members,
  clients: [client("c1"), client("c2")],
  configuration: majority(members),
  rules: rulesOf(variant)
})

const systems = fc
  .constantFrom(3, 4, 5)
  .map((size) => servers("s1", "s2", "s3", "s4", "s5").slice(0, size))

/** Members, a permutation of them, and its inverse. */
const permuted = systems.chain((members) =>
  fc.shuffledSubarray([...members], { minLength: members.length }).map((images) => {
    const renaming: Renaming = new Map(
      members.map((member, index) => [member, images[index] as string])
    )
    const inverse: Renaming = new Map([...renaming].map(([from, to]) => [to, from]))
    return { members, renaming, inverse }
  })
)

describe("majority replication, renamed", () => {
  for (const { name, kind } of variants) {
    it(`commutes with every permutation of the servers (${kind} variant ${name}), on which symmetry reduction rests`, () => {
      const seen = { steps: 0, moved: 0, sending: 0, responding: 0 }
      fc.assert(
        fc.property(permuted, movesOf(60), ({ members, renaming }, moves) => {
          const context = systemOf(members, name)
          expect(renamer(Configuration)(renaming, context.configuration)).toEqual(
            context.configuration
          )
          for (const transition of drive(context, moves)) {
            const { input } = transition
            if (input._tag === "Choose") throw new Error("majority replication offers no choices")
            const renamed = renameSituation(renaming, transition)
            const step = stepOf(context, renamed, renameInput(renaming, input))
            const expected = renameStep(renaming, transition)
            expect({ ...step, sends: setOf(step.sends) }).toEqual(expected)
            seen.steps += 1
            if (JSON.stringify(renamed) !== JSON.stringify(renameSituation(new Map(), transition)))
              seen.moved += 1
            if (step.sends.length > 0) seen.sending += 1
            if (step.observations.some(({ _tag }) => _tag === "Response")) seen.responding += 1
          }
        }),
        { numRuns: draws(360) }
      )
      expect(seen.moved).toBeGreaterThan(seen.steps / 4)
      expect(seen.sending).toBeGreaterThan(seen.steps / 4)
      expect(seen.responding).toBeGreaterThan(50)
    })
  }

  it("has an identity and inverses, and keeps sets sorted: a renamed state is again a state", () => {
    let moved = 0
    fc.assert(
      fc.property(permuted, movesOf(60), ({ members, renaming, inverse }, moves) => {
        for (const transition of drive(systemOf(members, "correct"), moves)) {
          const { role, self, state } = transition
          const renamed = renameSituation(renaming, transition)
          expect(renameSituation(new Map(), transition)).toEqual({ role, self, state })
          expect(renameSituation(inverse, renamed)).toEqual({ role, self, state })
          expect(Schema.is(role === "server" ? ServerState : ClientState)(renamed.state)).toBe(true)
          if (renamed.role === "client" && renamed.state._tag !== "Idle") {
            const { answered } = renamed.state.phase
            expect(answered).toEqual(setOf(answered))
            if (
              answered.some(
                (member, index) => "phase" in state && member !== state.phase.answered[index]
              )
            )
              moved += 1
          }
        }
      }),
      { numRuns: draws(360) }
    )
    expect(moved).toBeGreaterThan(60)
  })
})
