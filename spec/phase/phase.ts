/**
 * The phase that every protocol here is built from: send a question, wait for a quorum of every
 * configuration that matters, and continue with the merged answer.
 *
 * Majority replication asks one configuration. Reconfigurable storage asks every active
 * configuration and learns of new ones while it waits. `learn` then asks the members not asked
 * before. The phase ends at a fixed point: every configuration known so far has a quorum among the
 * nodes that answered.
 *
 * A phase counts answers by sender. An answer from a node that was not asked never counts, nor does
 * a second answer. The question is opaque to the phase: its owner defines the question and the
 * merge, and numbers the phase so that a reply to an earlier phase is not counted in this one
 * (`position.ts`).
 */
import * as Schema from "effect/Schema"
import { type Access, Configuration, isQuorum } from "../configuration/configuration.ts"
import { including, setOf, union, without } from "../kernel/data.ts"
import { type NodeId, SetOf } from "../kernel/node.ts"
import type { Send } from "../kernel/process.ts"
import { type ServerId, ServerSet } from "../nodes/nodes.ts"

/** The Schema of a phase whose merged answer has this Schema. */
export const Phase = <Answer extends Schema.Top>(answer: Answer) =>
  Schema.Struct({
    /** The configurations that matter: a quorum of each must answer. */
    configurations: SetOf(Configuration),
    /** The nodes that have answered. */
    answered: ServerSet,
    /** Their answers, merged; the initial answer before the first one. */
    answer
  })

export interface Phase<Answer> {
  readonly configurations: ReadonlyArray<Configuration>
  readonly answered: ServerSet
  readonly answer: Answer
}

/** A new phase, without answers. */
export const begin = <Answer>(
  configurations: Iterable<Configuration>,
  answer: Answer
): Phase<Answer> => ({
  configurations: setOf(configurations),
  answered: [],
  answer
})

/** A new phase, and its question to all members. */
export const startPhase = <Answer, Message>(
  configurations: Iterable<Configuration>,
  answer: Answer,
  question: Message
): { readonly phase: Phase<Answer>; readonly sends: ReadonlyArray<Send<Message>> } => {
  const phase = begin(configurations, answer)
  return { phase, sends: ask(asked(phase), question) }
}

/** All nodes that the phase asks. */
export const asked = (phase: Phase<unknown>): ServerSet =>
  phase.configurations.reduce<ServerSet>(
    (members, configuration) => union(members, configuration.members),
    []
  )

/** The question, addressed to each of these nodes. */
export const ask = <Message>(
  nodes: ReadonlyArray<NodeId>,
  question: Message
): ReadonlyArray<Send<Message>> => nodes.map((to) => ({ to, message: question }))

/** True if an answer from this node still counts: the phase asked it, and it has not answered. */
export const isMissing = (phase: Phase<unknown>, node: NodeId): boolean =>
  askedNamed(phase, node) !== undefined && !phase.answered.some((member) => member === node)

/** The node with this identity, if the phase asked it. */
const askedNamed = ({ configurations }: Phase<unknown>, node: NodeId): ServerId | undefined => {
  for (const { members } of configurations) {
    const member = members.find((one) => one === node)
    if (member !== undefined) return member
  }
  return undefined
}

/**
 * The phase after `from` answered, its answer merged; the same phase if the answer does not count.
 */
export const count = <Answer>(
  phase: Phase<Answer>,
  from: NodeId,
  merge: (answer: Answer) => Answer
): Phase<Answer> => {
  const member = askedNamed(phase, from)
  return member === undefined || phase.answered.includes(member)
    ? phase
    : { ...phase, answered: including(phase.answered, member), answer: merge(phase.answer) }
}

/** Decides whether the nodes that answered suffice to complete the phase. */
export type Enough = (phase: Phase<unknown>, access: Access) => boolean

/**
 * An answer arrives. It completes the phase if `enough` says so and the answer counts; otherwise
 * the phase keeps waiting.
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

/** Merges an answer that carries no data: an acknowledgement. */
export const unchanged = <Answer>(answer: Answer): Answer => answer

/**
 * The phase after its owner learned of configurations, and the nodes to ask because of them. It is
 * the same phase if the owner knew them all.
 */
export const learn = <Answer>(
  phase: Phase<Answer>,
  configurations: Iterable<Configuration>
): { readonly phase: Phase<Answer>; readonly newcomers: ServerSet } => {
  const added = without([...configurations], phase.configurations)
  if (added.length === 0) return { phase, newcomers: [] }
  const learned = { ...phase, configurations: union(phase.configurations, added) }
  return { phase: learned, newcomers: without(asked(learned), asked(phase)) }
}

/**
 * True if every configuration that matters has a quorum among the nodes that answered: the phase
 * has ended. A phase without configurations asks no nodes and never ends.
 */
export const isOver: Enough = ({ configurations, answered }, access) =>
  configurations.length > 0 &&
  configurations.every((configuration) => isQuorum(configuration, access, answered))

/**
 * The same for a phase that must intersect both Get and Set phases: a read quorum and a write
 * quorum of each configuration have answered.
 */
export const isOverForBoth: Enough = (phase) => isOver(phase, "read") && isOver(phase, "write")

/**
 * The same with one answer too few: true if one more answer would complete the phase. Only mutants
 * use it.
 */
export const isOverButForOne: Enough = (phase, access) =>
  asked(phase).some((member) =>
    isOver({ ...phase, answered: including(phase.answered, member) }, access)
  )
