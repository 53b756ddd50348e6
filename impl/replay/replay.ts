/**
 * Compares a recorded run with the specification, step by step.
 *
 * - Every step is the step that the specification takes from the state after the earlier steps: the
 *   same change, the same messages, the same observations.
 * - A process that restarts resumes in an earlier state of its own. No other process has seen the
 *   steps that it forgot, because nothing leaves before it is durable.
 * - Where a recording had to stop, its processes may begin again in any state, and the messages
 *   that they sent meanwhile are unknown.
 * - Every received message was sent. It is received at most once; more often only if that has no
 *   effect (the promises `onlyAnswers` and `isObsolete`).
 */
import { canonical, equals } from "../../spec/kernel/data.ts"
import type { Change, KeyedStep } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { trustAsRecorded } from "../byzantine/recorded-keys.ts"
import { Hosted, type HostedNode } from "../host/hosted.ts"
import { nodeOf, type RunnableProtocol } from "../protocols.ts"
import type { Line, Start, Taken } from "./recording.ts"

/** The first line at which a recorded run departs from the specification. */
export interface Departure {
  /** The line, counted from 1. */
  readonly line: number
  readonly node: string
  readonly reason: string
}

export interface Replayed {
  readonly departure: Departure | undefined
  readonly steps: number
  readonly restarts: number
  /**
   * The number of messages whose sender is in no recording, and which therefore cannot be checked.
   */
  readonly unattributed: number
}

interface Step {
  readonly taken: Taken
  /** Whether the process received a message in a state in which the message has no effect. */
  readonly isIdle: boolean
}

interface Recorded {
  readonly node: HostedNode
  readonly process: Hosted
  /** The steps since the process began, and the state in which it began. */
  readonly steps: Array<Step>
  readonly base: ReadonlyArray<Change>
}

interface Traffic {
  sent: number
  received: number
  /** The number of receipts that have no effect, whether or not they are the first. */
  idle: number
  readonly from: NodeId
  firstReceipt: Departure | undefined
}

export class Replay {
  private readonly protocolOf: (name: string) => RunnableProtocol | undefined
  private readonly nodes = new Map<NodeId, Recorded>()
  private readonly traffic = new Map<string, Traffic>()
  /** The processes whose recordings have gaps, and those whose states are unknown now. */
  private readonly withGaps = new Set<NodeId>()
  private readonly unknown = new Set<NodeId>()
  private departure: Departure | undefined
  /** The step being replayed. */
  private current: Taken | undefined
  private steps = 0
  private restarts = 0

  constructor(protocolOf: (name: string) => RunnableProtocol | undefined) {
    this.protocolOf = protocolOf
  }

  /**
   * Takes a line of a recording. The lines of one process come in order; those of different
   * processes in any order.
   */
  take(number: number, line: Exclude<Line, { readonly _tag: "Stopped" }>): void {
    if (this.departure !== undefined) return
    if (line._tag === "Start") this.start(number, line)
    else this.step(number, line)
  }

  /** Records that the recording of these processes stopped. */
  stopped(nodes: Iterable<NodeId>): void {
    for (const node of nodes) {
      this.withGaps.add(node)
      this.unknown.add(node)
    }
  }

  /** The result, after all lines. */
  result(): Replayed {
    let unattributed = 0
    for (const { from, sent, received, idle, firstReceipt } of this.traffic.values()) {
      if (received + idle === 0) continue
      if (!this.nodes.has(from) || this.withGaps.has(from)) unattributed += 1
      else if (sent === 0)
        this.departure ??= {
          ...(firstReceipt as Departure),
          reason: "received a message that was never sent"
        }
      else if (received > sent) {
        this.departure ??= {
          ...(firstReceipt as Departure),
          reason: `received a message ${received} times that was sent ${sent} times`
        }
      }
    }
    return { departure: this.departure, steps: this.steps, restarts: this.restarts, unattributed }
  }

  private start(line: number, start: Start): void {
    const { protocol: name, variant, role, node: id, servers, configuration, state: base } = start
    const trust = start.trust && trustAsRecorded(start.trust, () => this.current)
    const protocol = this.protocolOf(name)
    const rules = protocol?.variants.find((one) => one.name === variant)?.rules
    if (protocol === undefined || rules === undefined) {
      const what = protocol === undefined ? `protocol ${name}` : `variant ${variant} of ${name}`
      this.departure = { line, node: id, reason: `there is no ${what}` }
      return
    }
    const node = nodeOf(protocol, role, id, {
      ...{ servers, configuration, rules },
      ...(trust === undefined ? {} : { trust })
    })
    const process = began(node, base)
    const known = this.nodes.get(id)
    if (this.unknown.delete(id)) this.restarts += 1
    else if (known !== undefined) {
      this.restarts += 1
      this.forget(line, known, base)
    } else if (!new Difference(new Hosted(node), process).isEmpty) {
      this.departure = { line, node: id, reason: "does not begin in its initial state" }
    }
    this.nodes.set(id, { node, process, steps: [], base })
  }

  /**
   * A process restarts with the state that it kept; this finds the steps that it forgot. The kept
   * state is the state after some earlier step. Later steps that changed nothing still count if
   * they depend on nothing that was forgotten.
   */
  private forget(line: number, { node, steps, base }: Recorded, kept: ReadonlyArray<Change>): void {
    const process = began(node, base)
    const difference = new Difference(process, began(node, kept))
    let remembered = difference.isEmpty ? 0 : -1
    for (const [index, { taken }] of steps.entries()) {
      this.current = taken
      process.step(taken.key, taken.input)
      for (const key of changedBy(taken)) difference.update(key)
      if (difference.isEmpty) remembered = index + 1
    }
    if (remembered < 0) {
      this.departure = {
        line,
        node: node.id,
        reason: "restarts in a state that it never had"
      }
      return
    }
    const forgotten = new Set<string>()
    let isSharedForgotten = false
    for (const step of steps.slice(remembered)) {
      const { change, others, input } = step.taken
      // What is received and not idle is recorded, after what was forgotten.
      const isRecorded = input._tag === "Receive" && !step.isIdle
      const isChange = isRecorded || change !== null || others !== undefined
      const keys = changedBy(step.taken)
      if (!isChange && !isSharedForgotten && !keys.some((key) => forgotten.has(key))) continue
      for (const key of keys) forgotten.add(key)
      isSharedForgotten ||= change?.shared !== undefined
      this.undo(step)
    }
  }

  private step(line: number, taken: Taken): void {
    const { node, key } = taken
    const recorded = this.nodes.get(node)
    if (recorded === undefined) {
      this.departure = { line, node, reason: "takes a step before it begins" }
      return
    }
    const { process } = recorded
    const { input } = taken
    const isIdle =
      input._tag === "Receive" &&
      process.promises(["onlyAnswers", "isObsolete"], key, input.from, input.message)
    this.current = taken
    const reason = difference(taken, process.step(key, input))
    if (reason !== undefined) {
      this.departure = { line, node, reason: `${input._tag} of ${JSON.stringify(key)}: ${reason}` }
      return
    }
    this.steps += 1
    recorded.steps.push({ taken, isIdle })
    if (input._tag === "Receive") {
      const traffic = this.of(input.from, node, key, input.message)
      traffic.firstReceipt ??= { line, node, reason: "" }
      if (isIdle) traffic.idle += 1
      else traffic.received += 1
    }
    for (const { to, message, register = key } of taken.sends)
      this.of(node, to, register, message).sent += 1
  }

  /**
   * The process cannot have sent the messages of a forgotten step, and may receive its message
   * again.
   */
  private undo({ taken: { node, key, input, sends }, isIdle }: Step): void {
    if (input._tag === "Receive" && !isIdle)
      this.of(input.from, node, key, input.message).received -= 1
    for (const { to, message, register = key } of sends)
      this.of(node, to, register, message).sent -= 1
  }

  private of(from: NodeId, to: NodeId, key: string, message: unknown): Traffic {
    const name = canonical([from, to, key, message])
    const known = this.traffic.get(name)
    if (known !== undefined) return known
    const made: Traffic = { sent: 0, received: 0, idle: 0, from, firstReceipt: undefined }
    this.traffic.set(name, made)
    return made
  }
}

/**
 * The objects in which a process differs from its expected state, and whether its shared fields
 * differ.
 */
class Difference {
  private readonly process: Hosted
  private readonly expected: Hosted
  private readonly keys: Set<string>
  private isShared = false

  constructor(process: Hosted, expected: Hosted) {
    this.process = process
    this.expected = expected
    this.keys = new Set([...process.keys(), ...expected.keys()])
    for (const key of ["", ...this.keys]) this.update(key)
  }

  get isEmpty(): boolean {
    return this.keys.size === 0 && !this.isShared
  }

  /** Updates the difference after a step on this object. */
  update(key: string): void {
    this.isShared = !equals(this.process.shared, this.expected.shared)
    if (equals(this.process.own(key), this.expected.own(key))) this.keys.delete(key)
    else this.keys.add(key)
  }
}

/** The process in the state in which it began, given by these changes. */
const began = (node: HostedNode, changes: ReadonlyArray<Change>): Hosted => {
  const process = new Hosted(node)
  for (const change of changes) process.restore(change)
  return process
}

/** The registers of which the step read and may have changed something. */
const changedBy = ({ key, others = [] }: Taken): ReadonlyArray<string> => [
  key,
  ...others.map((other) => other.key)
]

/** How the step of the specification differs from the recorded one; undefined if it does not. */
const difference = (
  taken: Taken,
  { change, others = [], sends, observations }: KeyedStep
): string | undefined => {
  const { key, ...changed } = change ?? { key: taken.key }
  const sent = taken.sends.map(({ to, message, register = key }) => ({
    to,
    message,
    key: register
  }))
  const parts: ReadonlyArray<readonly [string, unknown, unknown]> = [
    ["changes", change === undefined ? null : changed, taken.change],
    ["changes besides", others, taken.others ?? []],
    ["sends", sends, sent],
    ["shows", observations, taken.observations]
  ]
  const found = parts.find(([, specified, recorded]) => !equals(specified, recorded))
  if (found === undefined) return undefined
  const [what, specified, recorded] = found
  return `it ${what} ${JSON.stringify(recorded)}, but the specification ${JSON.stringify(specified)}`
}
