/**
 * Many objects, of a process that knows one.
 *
 * A *part* is what a process does to one object. Its state has fields that exist once, whatever the
 * number of objects, and fields that each object has of its own; a step is shown both. `keyed`
 * makes of a part a process of many objects: what it is asked and told names an object by its key,
 * and the part takes the step.
 *
 * Where the objects are kept is left open (`Objects`): a checker keeps plain data (`keyed`), a
 * runtime a map and a log. Both take the same step (`stepOf`), whose result is what it changed. A
 * process made by `keyed` can be a part in turn (`partOf`): a node of many epochs of many objects
 * is `keyed` applied twice.
 */
import * as Schema from "effect/Schema"
import { equals } from "./data.ts"
import type { NodeId } from "./node.ts"
import type { AnyObservation, AnyOperation } from "./observation.ts"
import type { Input, Process, Promises, Send } from "./process.ts"

/** Fields of a state by name. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * The objects of a process, in the order of their keys: those after this one (all of them after
 * null), each with the state that a step of it is shown. One that is as at the beginning may be
 * left out.
 */
export type ObjectsAfter<State> = (
  after: string | null
) => Iterable<readonly [key: string, state: State]>

/** A message on its way, about another object than the one of the step if it says which. */
export interface PartSend<Message> extends Send<Message> {
  readonly key?: string
}

/** What a part does with one input. */
export interface PartStep<State, Observation, Message> {
  readonly state: State
  readonly sends: ReadonlyArray<PartSend<Message>>
  readonly observations: ReadonlyArray<Observation>
}

/** What a process does to one object. (What its functions are is said of `Process`.) */
export interface Part<
  Context,
  State,
  Operation,
  Observation,
  Message,
  Choice = undefined,
  Self extends NodeId = NodeId
> {
  /**
   * The Schemas of the fields that exist once, and of those that each object has. Together they are
   * the state.
   */
  readonly Shared: Schema.Codec<unknown, unknown> & {
    readonly fields: Readonly<Record<string, unknown>>
  }
  readonly Own: Schema.Codec<unknown, unknown>
  readonly durable: boolean
  initial(context: Context, self: Self): State
  ready(context: Context, self: Self, state: State, operation?: Operation): boolean
  /** None for an object that is as at the beginning: nobody asks for its. */
  choices(context: Context, self: Self, state: State): ReadonlyArray<Choice>
  step(
    context: Context,
    self: Self,
    state: State,
    input: Input<Operation, Message, Choice>,
    /** For answers about more than one object. It is part of the state. */
    objectsAfter: ObjectsAfter<State>,
    /** The key of the object, for what has to name it. Hosts give it. */
    key?: string
  ): PartStep<State, Observation, Message>
  /** True of a message about the object that has come before its time. */
  postpones?(
    context: Context,
    self: Self,
    state: State,
    from: NodeId,
    message: Message,
    key?: string
  ): boolean
  atBound?(context: Context, state: State, operation?: Operation): string | undefined
  readonly promises?: Promises<Context, State, Message, Self>
}

/**
 * The choices of a part that takes no step by itself: whoever sees that it is this need not ask for
 * every object.
 */
export const noChoices = (): ReadonlyArray<undefined> => []

/** A part of which nothing more is known. */
export type AnyPart = Part<unknown, unknown, AnyOperation, AnyObservation, unknown, unknown>

/** A process as a part that shares nothing between objects. */
export const partOf = <
  Context,
  State,
  Operation,
  Observation,
  Message,
  Choice,
  Self extends NodeId
>({
  State,
  ...process
}: Process<Context, State, Operation, Observation, Message, Choice, Self>): Part<
  Context,
  State,
  Operation,
  Observation,
  Message,
  Choice,
  Self
> => ({ ...process, Shared: Schema.Struct({}), Own: State })

/** Where the objects of one process are kept. */
export interface Objects {
  readonly shared: Fields
  /** The fields of this object; undefined if it is as at the beginning. */
  own(key: string): Fields | undefined
  /** The keys of the objects that have fields, in order: those after this one, or all. */
  keysAfter(key: string | null): Iterable<string>
}

/**
 * What a step changed: of its object, and of what all objects share. Absent where nothing changed.
 */
export interface Change {
  readonly key: string
  readonly own?: Fields
  readonly shared?: Fields
  /** The fields, of either kind, that the state no longer has. */
  readonly dropped?: ReadonlyArray<string>
}

/** What is to be done about a step of one object. */
export interface KeyedStep {
  readonly change: Change | undefined
  readonly sends: ReadonlyArray<Send<unknown> & { readonly key: string }>
  readonly observations: ReadonlyArray<AnyObservation>
}

/** A part at a node: all that the steps of its objects have in common. */
export class PartAt {
  readonly part: AnyPart
  readonly context: unknown
  readonly self: NodeId
  /** What objects share at the beginning, and what each has. */
  readonly initialShared: Fields
  readonly initialOwn: Fields
  private readonly isShared: ReadonlySet<string>
  /** The state that was shown last: one object is often looked at several times in a row. */
  private last: { readonly shared: Fields; readonly own: Fields; readonly state: Fields }

  constructor(part: AnyPart, context: unknown, self: NodeId) {
    this.part = part
    this.context = context
    this.self = self
    this.isShared = new Set(Object.keys(part.Shared.fields))
    const [own, shared] = this.split(part.initial(context, self))
    this.initialOwn = own
    this.initialShared = shared
    this.last = { shared, own, state: { ...shared, ...own } }
  }

  /** The state that a step of this object is shown. */
  shown(objects: Objects, key: string): Fields {
    const { shared } = objects
    const own = objects.own(key) ?? this.initialOwn
    if (this.last.shared !== shared || this.last.own !== own)
      this.last = { shared, own, state: { ...shared, ...own } }
    return this.last.state
  }

  /** One step of one object. */
  step(objects: Objects, key: string, input: Input<AnyOperation, unknown, unknown>): KeyedStep {
    const before = this.shown(objects, key)
    const objectsAfter = (after: string | null) => this.objectsAfter(objects, after)
    const { state, sends, observations } = this.part.step(
      this.context,
      this.self,
      before,
      input,
      objectsAfter,
      key
    )
    return {
      change: state === before ? undefined : this.changeOf(key, before, state as Fields),
      sends: sends.map(({ to, message, key: about = key }) => ({ to, message, key: about })),
      observations
    }
  }

  private *objectsAfter(
    objects: Objects,
    after: string | null
  ): Generator<readonly [string, unknown]> {
    for (const key of objects.keysAfter(after)) yield [key, this.shown(objects, key)]
  }

  /**
   * The fields of which the state after a step has another value, or none. An equal copy of a field
   * that exists once is the same value; of a field that each object has, another: telling would
   * cost more than keeping it does.
   */
  private changeOf(key: string, before: Fields, after: Fields): Change | undefined {
    let own: Record<string, unknown> | undefined
    let shared: Record<string, unknown> | undefined
    let dropped: Array<string> | undefined
    for (const field in after) {
      const value = after[field]
      if (Object.is(value, before[field])) continue
      if (!this.isShared.has(field)) {
        own ??= {}
        own[field] = value
      } else if (!equals(value, before[field])) {
        shared ??= {}
        shared[field] = value
      }
    }
    for (const field in before) {
      if (field in after) continue
      dropped ??= []
      dropped.push(field)
    }
    if (own === undefined && shared === undefined && dropped === undefined) return undefined
    return {
      key,
      ...(own === undefined ? {} : { own }),
      ...(shared === undefined ? {} : { shared }),
      ...(dropped === undefined ? {} : { dropped })
    }
  }

  private split(state: unknown): readonly [own: Fields, shared: Fields] {
    const fields = Object.entries(state as Fields)
    return [
      Object.fromEntries(fields.filter(([field]) => !this.isShared.has(field))),
      Object.fromEntries(fields.filter(([field]) => this.isShared.has(field)))
    ]
  }
}

/**
 * The fields after a change of them, without those that are dropped; the same if none of them is
 * concerned.
 */
export const withChange = (
  fields: Fields,
  change: Fields | undefined,
  dropped: ReadonlyArray<string> | undefined
): Fields => {
  const isAnyDropped = dropped?.some((field) => field in fields) === true
  if (change === undefined && !isAnyDropped) return fields
  const after = { ...fields, ...change }
  return isAnyDropped
    ? Object.fromEntries(Object.entries(after).filter(([field]) => !dropped?.includes(field)))
    : after
}

/** A message, or a choice, about one object. */
export interface About<Message> {
  readonly key: string
  readonly message: Message
}
interface ChoiceAbout<Choice> {
  readonly key: string
  readonly choice: Choice
}

/** The Schema of messages about one object. */
export const About = <Message>(
  message: Schema.Codec<Message, unknown>
): Schema.Codec<About<Message>, unknown> => Schema.Struct({ key: Schema.String, message })

/**
 * The state of a process of many objects, as plain data. An object that is as at the beginning is
 * left out.
 */
export interface Keyed {
  readonly shared: Fields
  readonly objects: Readonly<Record<string, Fields>>
}

/** The object that an operation is about, where nothing else says which. */
const objectOf = ({ object }: AnyOperation): string => object ?? ""

/**
 * The process of many objects that a part makes. `keyOf` says which object an operation is about.
 * Any operation may begin whose object is ready for it, whatever goes on elsewhere.
 */
export const keyed = <
  Context,
  State,
  Operation extends AnyOperation,
  Observation extends AnyObservation,
  Message,
  Choice,
  Self extends NodeId
>(
  part: Part<Context, State, Operation, Observation, Message, Choice, Self>,
  keyOf: (operation: Operation) => string = objectOf
): Process<Context, Keyed, Operation, Observation, About<Message>, ChoiceAbout<Choice>, Self> => {
  const at = partsAt(part as AnyPart)
  const stateOf = (context: Context, self: Self, state: Keyed, key: string) =>
    at(context, self).shown(plain(state), key) as State
  const promise =
    (name: Exclude<keyof Promises<Context, State, Message, Self>, "heeds">) =>
    (
      context: Context,
      self: Self,
      state: Keyed,
      node: NodeId,
      { key, message }: About<Message>
    ): boolean =>
      part.promises?.[name]?.(
        context,
        self,
        stateOf(context, self, state, key),
        node,
        message,
        key
      ) ?? false
  return {
    State: Schema.Struct({
      shared: part.Shared,
      objects: Schema.Record(Schema.String, part.Own)
    }) as Schema.Codec<unknown, unknown> as Schema.Codec<Keyed, unknown>,
    durable: part.durable,
    initial: (context, self) => ({ shared: at(context, self).initialShared, objects: {} }),
    ready: (context, self, state, operation) =>
      operation === undefined
        ? part.ready(context, self, part.initial(context, self)) &&
          Object.keys(state.objects).every((key) =>
            part.ready(context, self, stateOf(context, self, state, key))
          )
        : part.ready(context, self, stateOf(context, self, state, keyOf(operation)), operation),
    choices: (context, self, state) =>
      [...plain(state).keysAfter(null)].flatMap((key) =>
        part
          .choices(context, self, stateOf(context, self, state, key))
          .map((choice) => ({ key, choice }))
      ),
    step: (context, self, state, input) => {
      const objects = at(context, self)
      const [key, of] = unkeyed(input, keyOf)
      const { change, sends, observations } = objects.step(plain(state), key, of)
      return {
        state: change === undefined ? state : afterChange(objects, state, change),
        sends: sends.map(({ to, message, key: about }) => ({
          to,
          message: { key: about, message: message as Message }
        })),
        observations: observations as ReadonlyArray<Observation>
      }
    },
    ...(part.postpones === undefined
      ? {}
      : {
          postpones: (
            context: Context,
            self: Self,
            state: Keyed,
            from: NodeId,
            about: About<Message>
          ) =>
            part.postpones?.(
              context,
              self,
              stateOf(context, self, state, about.key),
              from,
              about.message,
              about.key
            ) === true
        }),
    ...(part.atBound === undefined
      ? {}
      : {
          // What stops at a bound for one object is no excuse for what is asked of another.
          atBound: (context: Context, { shared, objects }: Keyed, operation?: Operation) =>
            (operation === undefined ? Object.keys(objects) : [keyOf(operation)])
              .map((key) => {
                const own = ownOf(objects, key)
                return own && part.atBound?.(context, { ...shared, ...own } as State, operation)
              })
              .find((bound) => bound !== undefined)
        }),
    promises: {
      isObsolete: promise("isObsolete"),
      onlyAnswers: promise("onlyAnswers"),
      isSettled: promise("isSettled"),
      ...(part.promises?.isAnswer === undefined ? {} : { isAnswer: promise("isAnswer") })
    }
  }
}

/** The part at each node, made once for each. */
const partsAt = (part: AnyPart): ((context: unknown, self: NodeId) => PartAt) => {
  const known = new WeakMap<object, Map<NodeId, PartAt>>()
  return (context, self) => {
    if (typeof context !== "object" || context === null) return new PartAt(part, context, self)
    const ofContext = known.get(context) ?? new Map<NodeId, PartAt>()
    known.set(context, ofContext)
    const made = ofContext.get(self) ?? new PartAt(part, context, self)
    ofContext.set(self, made)
    return made
  }
}

/** The object that an input is about, and what it says of it. */
const unkeyed = <Operation, Message, Choice>(
  input: Input<Operation, About<Message>, ChoiceAbout<Choice>>,
  keyOf: (operation: Operation) => string
): readonly [key: string, input: Input<AnyOperation, unknown, unknown>] => {
  switch (input._tag) {
    case "Invoke":
      return [keyOf(input.operation), input as Input<AnyOperation, unknown, unknown>]
    case "Receive":
      return [input.message.key, { ...input, message: input.message.message }]
    case "Choose":
      return [input.choice.key, { ...input, choice: input.choice.choice }]
  }
}

/**
 * The fields of the object with this key, which may be the name of something that every record
 * inherits.
 */
const ownOf = (objects: Keyed["objects"], key: string): Fields | undefined =>
  Object.hasOwn(objects, key) ? objects[key] : undefined

/** The objects that plain data holds. */
const plain = ({ shared, objects }: Keyed): Objects => ({
  shared,
  own: (key) => ownOf(objects, key),
  keysAfter: (after) =>
    Object.keys(objects)
      .sort()
      .filter((key) => after === null || key > after)
})

/** The plain data after a change. */
const afterChange = (
  { initialOwn }: PartAt,
  { shared, objects }: Keyed,
  { key, own, shared: changedShared, dropped }: Change
): Keyed => {
  const after = withChange(ownOf(objects, key) ?? initialOwn, own, dropped)
  const { [key]: _before, ...others } = objects
  return {
    shared: withChange(shared, changedShared, dropped),
    objects: equals(after, initialOwn) ? others : { ...others, [key]: after }
  }
}
