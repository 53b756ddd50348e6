/**
 * What a protocol is: the processes of its roles, their messages, its object types, its rules and
 * variants, and its properties.
 *
 * A protocol names its own roles and defines the type of its own parameters (`Parameters`). Its
 * load-bearing decisions are a record of named rules: the protocol is one value of this record, and
 * each mutant is another value with one rule changed.
 */
import type * as Schema from "effect/Schema"
import { type Cryptography, symbolic } from "./cryptography.ts"
import type { AnyPremise } from "./fault.ts"
import type { AnyObjectType } from "./object.ts"
import type { AnyNote, AnyObservation } from "./observation.ts"
import type { AnyProcess, Process } from "./process.ts"
import type { AnyProperty, Property } from "./property.ts"
import type { Member, System } from "./system.ts"

/** The default name of the variant that is the protocol itself. */
export const correct = "correct"

/** A variant of a protocol: the same code with other rules. */
export interface Variant<Rules> {
  readonly name: string
  /** The difference, in one sentence. */
  readonly about: string
  /**
   * Whether the variant should keep the protocol's promises, or is a mutant that breaks one.
   */
  readonly kind: "correct" | "mutant"
  readonly rules: Rules
  /** The tags of messages that are never sent under these rules. */
  readonly unused?: ReadonlyArray<string>
}

/**
 * A bound for a host that enumerates runs: how far processes go before they stop by themselves, so
 * that their behaviour is finite. It is not part of the protocol, and without it nothing is
 * bounded.
 */
export interface Bound {
  readonly name: string
  /** The bounded quantity, in one sentence. */
  readonly about: string
  /** The default bound. */
  readonly usual: number
}

/** The description of a system: its parameters, and the rules of the variant. */
export type ContextOf<Parameters, Rules> = Parameters & { readonly rules: Rules }
/** The context of processes and properties: the same, with the cryptography. */
type ToldOf<Parameters, Rules> = ContextOf<Parameters, Rules> & {
  readonly cryptography: Cryptography
}

export interface Protocol<Parameters, Rules, Roles, Observation extends AnyObservation, Message> {
  readonly name: string
  readonly about: string
  /** The first is the default. */
  readonly variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>]
  /** The types of the objects that it implements, whose operations its users can invoke. */
  readonly objects: ReadonlyArray<AnyObjectType>
  readonly Message: Schema.Codec<Message, unknown>
  /** The process of each role. */
  readonly roles: { readonly [Of in keyof Roles]: ProcessOf<Parameters, Rules, Roles[Of], Message> }
  /** The nodes of a system with these parameters, in the order in which reports list them. */
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
  /** Its own premises, which bound the faults. */
  readonly premises?: ReadonlyArray<AnyPremise>
  readonly properties: ReadonlyArray<
    Property<ToldOf<Parameters, Rules>, Roles, Observation, Message>
  >
  /** A short description of a message, for people. */
  describe(message: Message): string
  /** The action of a node that emits this note, for people; empty if reports omit it. */
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

/** A protocol with these parameters, of any other type. */
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

/** A protocol of any type. */
export type AnyProtocol = ProtocolOf<unknown>

/** The variant of this name; undefined if the protocol has none. */
export const variantOf = <Rules>(
  { variants }: { readonly variants: ReadonlyArray<Variant<Rules>> },
  wanted: string
): Variant<Rules> | undefined => variants.find(({ name }) => name === wanted)

/**
 * The system of a protocol with these parameters; every node runs the process of its role.
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
