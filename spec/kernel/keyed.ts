/**
 * A process of many objects, made from a process of one.
 *
 * A *part* is what a process does to one object. Its state has fields that exist once, whatever the
 * number of objects, and fields that each object has; a step sees both. `keyed` turns a part into a
 * process of many objects: every operation and message names an object by its key, and the part
 * takes the step.
 *
 * The storage of the objects is left open (`Objects`): a checker keeps plain data (`keyed`), a
 * runtime a map and a log. Both take the same step (`stepOf`), whose result is the change. A
 * process made by `keyed` can itself be a part (`partOf`): a node of many epochs of many objects is
 * `keyed` applied twice.
 */
import * as Schema from "effect/Schema"
import { equals } from "./data.ts"
import type { NodeId } from "./node.ts"
import type { AnyObservation, AnyOperation } from "./observation.ts"
import type { Input, Process, Promises, Send } from "./process.ts"

/** Fields of a state by name. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * The objects of a process, in key order: those after this one (all of them after null), each with
 * the state that a step of it sees. An object in its initial state may be omitted.
 */
export type ObjectsAfter<State> = (
  after: string | null
) => Iterable<readonly [key: string, state: State]>

/** The state that a step of the object with this key would see. */
export type StateOf<State> = (key: string) => State

/** A message in flight, about the object of the step unless it names another. */
export interface PartSend<Message> extends Send<Message> {
  readonly key?: string
}

/** The effect of one input on a part. */
export interface PartStep<State, Observation, Message> {
  readonly state: State
  readonly sends: ReadonlyArray<PartSend<Message>>
  readonly observations: ReadonlyArray<Observation>
  /**
   * Further objects that the step changes, each with its state afterwards, in which the fields that
   * exist once are unchanged. Each object at most once, and not the object of the step if `state`
   * changes that.
   */
  readonly others?: ReadonlyArray<readonly [key: string, state: State]>
}

/** What a process does to one object. (`Process` documents the functions.) */
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
   * The Schemas of the fields that exist once, and of those that each object has. Together they
   * form the state.
   */
  readonly Shared: Schema.Codec<unknown, unknown> & {
    readonly fields: Readonly<Record<string, unknown>>
  }
  readonly Own: Schema.Codec<unknown, unknown>
  readonly durable: boolean
  initial(context: Context, self: Self): State
  ready(context: Context, self: Self, state: State, operation?: Operation): boolean
  /** Empty for an object in its initial state, and where the part is ready: no host asks there. */
  choices(context: Context, self: Self, state: State): ReadonlyArray<Choice>
  step(
    context: Context,
    self: Self,
    state: State,
    input: Input<Operation, Message, Choice>,
    /** Used for answers about more than one object. It is part of the state. */
    objectsAfter: ObjectsAfter<State>,
    /** The key of the object, for parts that have to name it. Hosts supply it. */
    key?: string,
    /** Used for messages about several objects. It is part of the state. Hosts supply it. */
    stateOf?: StateOf<State>
  ): PartStep<State, Observation, Message>
  /** True of an early message about the object. */
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
 * The choices of a part that takes no step by itself. A host that recognises this function does not
 * need to ask for every object.
 */
export const noChoices = (): ReadonlyArray<undefined> => []

/** A part of any type. */
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

/** The store of one process's objects. */
export interface Objects {
  readonly shared: Fields
  /** The fields of this object; undefined if it is in its initial state. */
  own(key: string): Fields | undefined
  /** The keys of the objects that have fields, in order: those after this key, or all. */
  keysAfter(key: string | null): Iterable<string>
}

/**
 * What a step changed: fields of its object, and fields that all objects share. Absent if nothing
 * changed.
 */
export interface Change {
  readonly key: string
  readonly own?: Fields
  readonly shared?: Fields
  /** The fields of either kind that the state no longer has. */
  readonly dropped?: ReadonlyArray<string>
}

/** What a host must do after a step of one object. */
export interface KeyedStep {
  readonly change: Change | undefined
  /** What the step changed of further objects; absent if there are none. */
  readonly others?: ReadonlyArray<Change>
  readonly sends: ReadonlyArray<Send<unknown> & { readonly key: string }>
  readonly observations: ReadonlyArray<AnyObservation>
}

/** All that a step changed. */
export const changesOf = ({
  change,
  others = []
}: Pick<KeyedStep, "change" | "others">): ReadonlyArray<Change> =>
  change === undefined ? others : [change, ...others]

/** A part at a node: everything that the steps of its objects share. */
export class PartAt {
  readonly part: AnyPart
  readonly context: unknown
  readonly self: NodeId
  /** The initial shared fields, and the initial fields of each object. */
  readonly initialShared: Fields
  readonly initialOwn: Fields
  private readonly isShared: ReadonlySet<string>
  /** The latest state shown: the same object is often read several times in a row. */
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

  /** The state that a step of this object sees. */
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
    const stateOf = (other: string) => this.shown(objects, other)
    const { state, sends, observations, others } = this.part.step(
      this.context,
      this.self,
      before,
      input,
      objectsAfter,
      key,
      stateOf
    )
    return {
      change: state === before ? undefined : this.changeOf(key, before, state as Fields),
      ...(others === undefined
        ? {}
        : {
            others: others.flatMap(
              ([other, after]) => this.changeOf(other, stateOf(other), after as Fields) ?? []
            )
          }),
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
   * The fields that a step changes or drops. For a field that exists once, an equal copy is the
   * same value. For a field that each object has, an equal copy counts as a change: comparing would
   * cost more than keeping it.
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
 * The fields after a change, without the dropped ones; the same record if the change concerns none
 * of them.
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
 * The state of a process of many objects, as plain data. An object in its initial state is omitted.
 */
export interface Keyed {
  readonly shared: Fields
  readonly objects: Readonly<Record<string, Fields>>
}

/** The object that an operation is about, by default. */
const objectOf = ({ object }: AnyOperation): string => object ?? ""

/**
 * The process of many objects made from a part. `keyOf` gives the object of an operation. An
 * operation may begin if its object is ready, regardless of other objects.
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
      const { sends, observations, ...step } = objects.step(plain(state), key, of)
      return {
        state: changesOf(step).reduce(
          (before, change) => afterChange(objects, before, change),
          state
        ),
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
          // A bound that stops one object does not excuse an operation on another.
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

/** The part at each node, made once per node. */
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

/** The object that an input is about, and the input to that object. */
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
 * The fields of the object with this key. The key may be the name of a property that every record
 * inherits.
 */
const ownOf = (objects: Keyed["objects"], key: string): Fields | undefined =>
  Object.hasOwn(objects, key) ? objects[key] : undefined

/** The objects in plain data. */
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
