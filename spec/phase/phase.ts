/**
 * The phase that every protocol here is made of: put a question to nodes, wait for a quorum of every configuration
 * that matters, and go on with the merged answer.
 *
 * Majority replication asks one configuration. Reconfigurable storage asks every configuration that is still
 * active, and learns of new ones while it waits: `learn` asks those members that were not asked before, and the phase
 * is over at a fixed point, when every configuration known by then has a quorum among those who answered.
 *
 * A phase knows nothing of what it asks. Its owner says what the question is, merges the answers, and numbers the
 * phase so that a reply to an earlier one is not mistaken for a reply to this one.
 */
import * as Schema from "effect/Schema"
import { type Access, Configuration, isQuorum } from "../configuration/configuration.ts"
import { including, setOf, union, without } from "../kernel/data.ts"
import { type NodeId, type ServerId, ServerSet, SetOf } from "../kernel/node.ts"
import type { Send } from "../kernel/process.ts"

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
export const begin = <Answer>(configurations: Iterable<Configuration>, answer: Answer): Phase<Answer> => ({
  configurations: setOf(configurations),
  answered: [],
  answer
})

/** Everyone whom the phase asks. */
export const asked = (phase: Phase<unknown>): ServerSet =>
  phase.configurations.reduce<ServerSet>(
    (members, configuration) => union(members, configuration.members),
    []
  )

/** The question, to each of these nodes. */
export const ask = <Message>(nodes: ReadonlyArray<NodeId>, question: Message): ReadonlyArray<Send<Message>> =>
  nodes.map((to) => ({ to, message: question }))

/** The phase after `from` answered; a second answer of the same node adds nothing to who answered. */
export const count = <Answer>(phase: Phase<Answer>, from: NodeId, answer: Answer): Phase<Answer> => ({
  ...phase,
  answered: including(phase.answered, from as ServerId),
  answer
})

/** The phase after its owner learned of configurations, and those who have yet to be asked because of it. */
export const learn = <Answer>(
  phase: Phase<Answer>,
  configurations: Iterable<Configuration>
): { readonly phase: Phase<Answer>; readonly newcomers: ServerSet } => {
  const learned = { ...phase, configurations: union(phase.configurations, [...configurations]) }
  return { phase: learned, newcomers: without(asked(learned), asked(phase)) }
}

/** True when every configuration that matters has a quorum among those who answered: the phase is over. */
export const isOver = (phase: Phase<unknown>, access: Access): boolean =>
  phase.configurations.every((configuration) => isQuorum(configuration, access, phase.answered))

/**
 * The same with one answer too few: true when one member more would make the phase be over. A mistake that mutants
 * make on purpose; no correct protocol calls it.
 */
export const isOverButForOne = (phase: Phase<unknown>, access: Access): boolean =>
  asked(phase).some((member) => isOver({ ...phase, answered: including(phase.answered, member) }, access))
