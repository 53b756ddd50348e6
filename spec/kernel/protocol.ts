/**
 * What a protocol is: the processes of its roles, their messages, what users can ask of them, its
 * rules and variants, and what it promises.
 *
 * A protocol names its own roles, and what it needs to be told is a type of its own (`Parameters`).
 * Its load-bearing decisions are a record of named rules: the protocol is one value of it, each
 * mutant another with one rule changed.
 */
import type * as Schema from "effect/Schema"
import { type Cryptography, symbolic } from "./cryptography.ts"
import type { AnyPremise } from "./fault.ts"
import type { AnyObjectType } from "./object.ts"
import type { AnyNote, AnyObservation } from "./observation.ts"
import type { AnyProcess, Process } from "./process.ts"
import type { AnyProperty, Property } from "./property.ts"
import type { Member, System } from "./system.ts"

/** The name of the variant that is the protocol itself, unless the protocol says otherwise. */
export const correct = "correct"

/** A variant of a protocol: the same text under other rules. */
export interface Variant<Rules> {
  readonly name: string
  /** What is different, in one sentence. */
  readonly about: string
  /**
   * Whether the variant is meant to keep the protocol's promises, or is a mutant that breaks one of
   * them.
   */
  readonly kind: "correct" | "mutant"
  readonly rules: Rules
  /** The tags of messages that are never sent under these rules. */
  readonly unused?: ReadonlyArray<string>
}

/**
 * A bound for whoever enumerates runs: how far processes go before they stop by themselves, so that
 * what they can do is finite. It is no part of the protocol, and without it nothing is bounded.
 */
export interface Bound {
  readonly name: string
  /** What is bounded, in one sentence. */
  readonly about: string
  /** The bound where nothing is said. */
  readonly usual: number
}

/** What is told of a system: its parameters, and the rules of the variant. */
export type ContextOf<Parameters, Rules> = Parameters & { readonly rules: Rules }
/** What processes and properties are told: the same, and how to sign and to verify. */
type ToldOf<Parameters, Rules> = ContextOf<Parameters, Rules> & {
  readonly cryptography: Cryptography
}

export interface Protocol<Parameters, Rules, Roles, Observation extends AnyObservation, Message> {
  readonly name: string
  readonly about: string
  /** The first is the default. */
  readonly variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>]
  /** The types of the objects that it implements: what its users can ask for. */
  readonly objects: ReadonlyArray<AnyObjectType>
  readonly Message: Schema.Codec<Message, unknown>
  /** The process of each role. */
  readonly roles: { readonly [Of in keyof Roles]: ProcessOf<Parameters, Rules, Roles[Of], Message> }
  /** Who takes part in a system with these parameters, in the order in which reports list them. */
  nodes(parameters: Parameters): ReadonlyArray<Member>
  /**
   * The Schema of the parameters, by which interchangeable nodes are found; without it, none are.
   */
  readonly Parameters?: Schema.Codec<Parameters, unknown>
  readonly bounds?: ReadonlyArray<Bound>
  /**
   * The tags of messages that are never sent in a system with these parameters, whatever the rules.
   */
  unused?(parameters: Parameters): ReadonlyArray<string>
  /** Premises of its own that bound whoever causes faults. */
  readonly premises?: ReadonlyArray<AnyPremise>
  readonly properties: ReadonlyArray<
    Property<ToldOf<Parameters, Rules>, Roles, Observation, Message>
  >
  /** A message in a few words, for people. */
  describe(message: Message): string
  /** What a node does that notes this, for people; nothing if it need not be told. */
  describeNote?(note: Extract<Observation, AnyNote>): string
}

type ProcessOf<Parameters, Rules, State, Message> = Process<
  ToldOf<Parameters, Rules>,
  State,
  never,
  AnyObservation,
  Message,
  unknown
>

/** A protocol with these parameters of which nothing more is known. */
export interface ProtocolOf<Parameters> {
  readonly name: string
  readonly about: string
  readonly variants: readonly [Variant<unknown>, ...ReadonlyArray<Variant<unknown>>]
  readonly objects: ReadonlyArray<AnyObjectType>
  readonly Message: Schema.Codec<unknown, unknown>
  readonly roles: Readonly<Record<string, AnyProcess>>
  nodes(parameters: Parameters): ReadonlyArray<Member>
  /**
   * The Schema of the parameters, by which interchangeable nodes are found; without it, none are.
   */
  readonly Parameters?: Schema.Codec<Parameters, unknown>
  readonly bounds?: ReadonlyArray<Bound>
  unused?(parameters: Parameters): ReadonlyArray<string>
  readonly premises?: ReadonlyArray<AnyPremise>
  readonly properties: ReadonlyArray<AnyProperty>
  describe(message: unknown): string
  describeNote?(note: AnyNote): string
}

/** A protocol of which nothing more is known. */
export type AnyProtocol = ProtocolOf<unknown>

/** The variant of this name; undefined if the protocol has none. */
export const variantOf = <Rules>(
  { variants }: { readonly variants: ReadonlyArray<Variant<Rules>> },
  wanted: string
): Variant<Rules> | undefined => variants.find(({ name }) => name === wanted)

/**
 * The system of a protocol with these parameters, in which every node runs the process of its role.
 */
export const systemOf = <Parameters>(
  protocol: ProtocolOf<Parameters>,
  parameters: Parameters,
  variant: Variant<unknown>,
  cryptography: Cryptography = symbolic
): System => ({
  context: { ...parameters, rules: variant.rules, cryptography },
  parameters,
  nodes: protocol.nodes(parameters).map(({ id, role }) => {
    const process = protocol.roles[role]
    if (process === undefined) throw new Error(`${protocol.name} has no role ${role}`)
    return { id, role, process }
  })
})
