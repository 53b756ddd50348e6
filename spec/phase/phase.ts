/**
 * The phase that every protocol here is made of: put a question to nodes, wait for a quorum of
 * every configuration that matters, and go on with the merged answer.
 *
 * Majority replication asks one configuration. Reconfigurable storage asks every configuration that
 * is still active, and learns of new ones while it waits: `learn` asks those members that were not
 * asked before, and the phase is over at a fixed point, when every configuration known by then has
 * a quorum among those who answered.
 *
 * A phase counts answers by sender: one of somebody who was not asked, or a second one, never
 * counts. It knows nothing of what it asks. Its owner says what the question is and how an answer
 * is merged with those before, and numbers the phase so that a reply to an earlier one is not
 * mistaken for a reply to this one (`position.ts`).
 */
import * as Schema from "effect/Schema"
import { type Access, Configuration, isQuorum } from "../configuration/configuration.ts"
import { including, setOf, union, without } from "../kernel/data.ts"
import { type NodeId, SetOf } from "../kernel/node.ts"
import type { Send } from "../kernel/process.ts"
import { ServerSet } from "../nodes/nodes.ts"

/** The Schema of a phase whose merged answer has the given Schema. */
export const Phase = <Answer extends Schema.Top>(answer: Answer) =>
  Schema.Struct({
    /** The configurations that matter: a quorum of each must answer. */
    configurations: SetOf(Configuration),
    /** Those who answered. */
    answered: ServerSet,
    /** Their answers, merged; as given at the beginning while nobody has answered. */
    answer
  })

export interface Phase<Answer> {
  readonly configurations: ReadonlyArray<Configuration>
  readonly answered: ServerSet
  readonly answer: Answer
}

/** A phase that has just begun: nobody has answered. */
export const begin = <Answer>(
  configurations: Iterable<Configuration>,
  answer: Answer
): Phase<Answer> => ({
  configurations: setOf(configurations),
  answered: [],
  answer
})

/** A phase that begins, with the question to everyone whom it asks. */
export const startPhase = <Answer, Message>(
  configurations: Iterable<Configuration>,
  answer: Answer,
  question: Message
): { readonly phase: Phase<Answer>; readonly sends: ReadonlyArray<Send<Message>> } => {
  const phase = begin(configurations, answer)
  return { phase, sends: ask(asked(phase), question) }
}

/** Everyone whom the phase asks. */
export const asked = (phase: Phase<unknown>): ServerSet =>
  phase.configurations.reduce<ServerSet>(
    (members, configuration) => union(members, configuration.members),
    []
  )

/** The question, to each of these nodes. */
export const ask = <Message>(
  nodes: ReadonlyArray<NodeId>,
  question: Message
): ReadonlyArray<Send<Message>> => nodes.map((to) => ({ to, message: question }))

/** True when an answer of this node still counts: it was asked, and has not answered. */
export const isMissing = (phase: Phase<unknown>, node: NodeId): boolean =>
  phase.configurations.some(({ members }) => members.some((member) => member === node)) &&
  !phase.answered.some((member) => member === node)

/**
 * The phase after `from` answered, with its answer merged with those before; the same if the answer
 * does not count.
 */
export const count = <Answer>(
  phase: Phase<Answer>,
  from: NodeId,
  merge: (answer: Answer) => Answer
): Phase<Answer> => {
  const member = asked(phase).find((one) => one === from)
  return member === undefined || phase.answered.includes(member)
    ? phase
    : { ...phase, answered: including(phase.answered, member), answer: merge(phase.answer) }
}

/** Says of those who answered that they are enough for the phase to be over. */
export type Enough = (phase: Phase<unknown>, access: Access) => boolean

/**
 * An answer arrives: the phase goes on waiting, or this is the answer with which it is complete.
 * `enough` says when; an answer that does not count completes nothing.
 */
export const advance = <Answer>(
  phase: Phase<Answer>,
  from: NodeId,
  merge: (answer: Answer) => Answer,
  access: Access,
  enough: Enough = isOver
): { readonly phase: Phase<Answer>; readonly isComplete: boolean } => {
  const counted = count(phase, from, merge)
  return { phase: counted, isComplete: counted !== phase && enough(counted, access) }
}

/** Merges an answer that says nothing but that it was given. */
export const unchanged = <Answer>(answer: Answer): Answer => answer

/**
 * The phase after its owner learned of configurations, and those who have yet to be asked because
 * of it.
 */
export const learn = <Answer>(
  phase: Phase<Answer>,
  configurations: Iterable<Configuration>
): { readonly phase: Phase<Answer>; readonly newcomers: ServerSet } => {
  const learned = { ...phase, configurations: union(phase.configurations, [...configurations]) }
  return { phase: learned, newcomers: without(asked(learned), asked(phase)) }
}

/**
 * True when every configuration that matters has a quorum among those who answered: the phase is
 * over. A phase over no configurations asks nobody, and is never over.
 */
export const isOver: Enough = ({ configurations, answered }, access) =>
  configurations.length > 0 &&
  configurations.every((configuration) => isQuorum(configuration, access, answered))

/**
 * The same for what must be met by both Get and Set phases: a read and a write quorum of each have
 * answered.
 */
export const isOverForBoth: Enough = (phase) => isOver(phase, "read") && isOver(phase, "write")

/**
 * The same with one answer too few: true when one member more would make the phase be over. A
 * mistake that mutants make on purpose; no correct protocol calls it.
 */
export const isOverButForOne: Enough = (phase, access) =>
  asked(phase).some((member) =>
    isOver({ ...phase, answered: including(phase.answered, member) }, access)
  )
