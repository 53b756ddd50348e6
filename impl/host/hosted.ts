/**
 * A process as a host runs it: the part that it does to each of its objects
 * (`spec/kernel/keyed.ts`), and where it keeps them.
 */
import * as Schema from "effect/Schema"
import {
  type AnyPart,
  type Change,
  type Fields,
  type KeyedStep,
  PartAt
} from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import type { Input } from "../../spec/kernel/process.ts"
import type { Member } from "../../spec/kernel/system.ts"
import { ObjectStore } from "./objects.ts"

/** An input of which nothing more is known. */
export type AnyInput = Input<AnyOperation, unknown, unknown>

/** A node of a system, with the part that it runs and what that is told. */
export interface HostedNode extends Member {
  readonly part: AnyPart
  readonly context: unknown
  /**
   * Whether its steps are shown to witnesses; they are, if nothing is said. (A recording is held
   * against the processes of the specification.)
   */
  readonly isWitnessed?: boolean
}

export class Hosted {
  readonly node: HostedNode
  private readonly at: PartAt
  private readonly objects: ObjectStore

  constructor(node: HostedNode) {
    this.node = node
    this.at = new PartAt(node.part, node.context, node.id)
    this.objects = new ObjectStore(this.at, node.part.durable)
  }

  /** The state that a step of this object is shown. */
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

  /** Takes one step of one object, and keeps its state. */
  step(key: string, input: AnyInput): KeyedStep {
    const step = this.at.step(this.objects, key, input)
    if (step.change !== undefined) this.objects.apply(step.change)
    return step
  }

  /** How many bytes more it would hold after this step, roughly; the step is not taken. */
  growth(key: string, input: AnyInput): number {
    const { change } = this.at.step(this.objects, key, input)
    return change === undefined ? 0 : this.objects.growth(change)
  }

  /** How many bytes its objects take, roughly, if it is durable. */
  get heldBytes(): number {
    return this.objects.bytes
  }

  /** Whether the process takes an `Invoke` for this object now. */
  isReady(key: string): boolean {
    const { part, context, id } = this.node
    return part.ready(context, id, this.state(key))
  }

  /** The steps that the process may take by itself now, on account of this object. */
  choices(key: string): ReadonlyArray<unknown> {
    const { part, context, id } = this.node
    return part.choices(context, id, this.state(key))
  }

  /** Whether a message about this object has come before its time: it is not received yet. */
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

  /** How many objects were ever changed. */
  get size(): number {
    return this.objects.size
  }

  /** The keys of all objects that were ever changed, in no order. */
  keys(): Iterable<string> {
    return this.objects.keys()
  }

  /** Everything there is now, as the changes that lead to it from the beginning. */
  snapshot(): ReadonlyArray<Change> {
    return this.objects.snapshot()
  }

  /** Takes over what a step changed once. */
  restore(change: Change): void {
    this.objects.apply(change)
  }

  /**
   * The first key of an object whose state is none that the process knows; the empty one if it is
   * what objects share.
   */
  firstIllFormed(): string | undefined {
    const { Shared, Own } = this.node.part
    if (!Schema.is(Shared)(this.shared)) return ""
    const isOwn = Schema.is(Own)
    for (const key of this.keys()) if (!isOwn(this.own(key))) return key
    return undefined
  }
}
