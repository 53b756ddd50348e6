/**
 * A process as a host runs it: the part that acts on each of its objects (`spec/kernel/keyed.ts`),
 * and the storage of its objects.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import {
  type AnyPart,
  type Change,
  changesOf,
  type Fields,
  type KeyedStep,
  noChoices,
  PartAt
} from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import type { Input } from "../../spec/kernel/process.ts"
import type { Member } from "../../spec/kernel/system.ts"
import { ObjectStore } from "./objects.ts"
import { packingOf } from "./packing.ts"

/** An input of unknown content. */
export type AnyInput = Input<AnyOperation, unknown, unknown>

/** A node of a system, with the part that it runs and the part's context. */
export interface HostedNode extends Member {
  readonly part: AnyPart
  readonly context: unknown
  /**
   * Whether witnesses see its steps; by default they do. (Recordings are compared with the
   * processes of the specification.)
   */
  readonly isWitnessed?: boolean
}

export class Hosted {
  readonly node: HostedNode
  private readonly at: PartAt
  private readonly objects: ObjectStore
  private readonly busy = new Set<string>()
  /** Restored objects whose state is invalid. */
  private readonly illFormed = new Set<string>()
  private receipts = 0

  private readonly isOwn: (own: unknown) => boolean
  private readonly isWhole: (change: Change) => boolean

  constructor(node: HostedNode) {
    this.node = node
    this.isOwn = Schema.is(node.part.Own)
    this.isWhole = wholeOf(node.part.Own)
    this.at = new PartAt(node.part, node.context, node.id)
    const { durable, Own } = node.part
    this.objects = new ObjectStore(this.at, durable, durable ? packingOf(Own) : undefined)
  }

  /** The state that a step of this object receives. */
  state(key: string): unknown {
    return this.at.shown(this.objects, key)
  }

  /** The fields that exist once. */
  get shared(): Fields {
    return this.objects.shared
  }

  /** The fields of this object. */
  own(key: string): Fields {
    return this.objects.own(key) ?? this.at.initialOwn
  }

  /** Takes one step of one object, and stores the new state. */
  step(key: string, input: AnyInput): KeyedStep {
    if (input._tag === "Receive") this.receipts += 1
    const step = this.at.step(this.objects, key, input)
    for (const change of changesOf(step)) {
      this.objects.apply(change)
      this.note(change.key)
    }
    return step
  }

  /** The number of messages that it has received. */
  get received(): number {
    return this.receipts
  }

  /** The approximate growth in bytes that this step would cause; the step is not taken. */
  growth(key: string, input: AnyInput): number {
    return changesOf(this.at.step(this.objects, key, input)).reduce(
      (growth, change) => growth + this.objects.growth(change),
      0
    )
  }

  /** The approximate size of its objects in bytes, if the process is durable. */
  get heldBytes(): number {
    return this.objects.bytes
  }

  /** Whether the process accepts an `Invoke` for this object now. */
  isReady(key: string): boolean {
    const { part, context, id } = this.node
    return part.ready(context, id, this.state(key))
  }

  /** The steps that the process may take by itself now, for this object. */
  choices(key: string): ReadonlyArray<unknown> {
    const { part, context, id } = this.node
    return part.choices(context, id, this.state(key))
  }

  /** Whether a message about this object is early: it is not received yet. */
  postpones(key: string, from: NodeId, message: unknown): boolean {
    const { part, context, id } = this.node
    return part.postpones?.(context, id, this.state(key), from, message, key) === true
  }

  /** Whether the process makes one of these promises about a message between it and `other`. */
  promises(
    names: ReadonlyArray<"isObsolete" | "onlyAnswers" | "isSettled">,
    key: string,
    other: NodeId,
    message: unknown
  ): boolean {
    const { part, context, id } = this.node
    const { promises } = part
    if (promises === undefined) return false
    const state = this.state(key)
    return names.some((name) => promises[name]?.(context, id, state, other, message, key) === true)
  }

  /** Whether this object was ever changed. */
  has(key: string): boolean {
    return this.objects.has(key)
  }

  /** The number of objects that were ever changed. */
  get size(): number {
    return this.objects.size
  }

  /** The keys of all objects that were ever changed, in no order. */
  keys(): Iterable<string> {
    return this.objects.keys()
  }

  /**
   * The objects that the process is busy with: it may take a step of its own there. (A process
   * takes none where it is ready for an operation.)
   */
  busyKeys(): Iterable<string> {
    return this.busy
  }

  /**
   * The entire current state, as the changes that lead to it from the beginning. The process may
   * take steps while it is read.
   */
  snapshot(): Generator<Change> {
    return this.objects.snapshot()
  }

  /** Restores a recorded change, whose fields may have been checked by their Schemas. */
  restore(change: Change, isChecked = false): void {
    const own = this.objects.restore(change)
    if ((isChecked && this.isWhole(change)) || this.isOwn(own)) this.illFormed.delete(change.key)
    else this.illFormed.add(change.key)
    this.note(change.key)
  }

  /** Prepares for questions about all objects, once all changes are restored. */
  restored(): void {
    this.objects.keysAfter(null)
  }

  /** Notes whether the process is busy with this object. */
  private note(key: string): void {
    if (this.node.part.choices === noChoices) return
    if (this.isReady(key)) this.busy.delete(key)
    else this.busy.add(key)
  }

  /**
   * The first key of an object whose state is invalid for the process; the empty key if the shared
   * fields are invalid.
   */
  firstIllFormed(): string | undefined {
    if (!Schema.is(this.node.part.Shared)(this.shared)) return ""
    const [key] = this.illFormed
    return key
  }
}

/**
 * Whether a change has every field that an object must have, and nothing more is checked of them.
 */
const wholeOf = ({ ast }: AnyPart["Own"]): ((change: Change) => boolean) => {
  if (ast._tag !== "Objects" || ast.checks !== undefined) return () => false
  const required = ast.propertySignatures
    .filter(({ type }) => !SchemaAST.isOptional(type))
    .map(({ name }) => String(name))
  return ({ own = {}, dropped }) =>
    dropped === undefined && required.every((name) => own[name] !== undefined)
}
