/**
 * Holds a recorded run against the specification, step by step.
 *
 * - Every step is the one that the specification takes, from the state that the steps before it lead to: the same
 *   change, the same messages, the same observations.
 * - A process that begins again does so in a state that it was in, and what it forgot of its last steps nobody ever
 *   heard of: nothing leaves before it is durable.
 * - Every message that was received was sent, and is received at most once; more often only if that has no effect
 *   (the promises `onlyAnswers` and `isObsolete`).
 */
import { canonical, equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Input } from "../../spec/kernel/process.ts"
import { type AnyProtocol, processFor } from "../../spec/kernel/protocol.ts"
import { type Change, type Outcome, Registers } from "../host/registers.ts"
import type { Line, Start, Taken } from "./recording.ts"

/** Where a recorded run is not one of the specification. */
export interface Departure {
  /** The line, from 1 on. */
  readonly line: number
  readonly node: string
  readonly reason: string
}

export interface Replayed {
  readonly departure: Departure | undefined
  readonly steps: number
  readonly restarts: number
  /** Messages whose sender is in no recording: nothing is known of them. */
  readonly unattributed: number
}

interface Step {
  readonly taken: Taken
  /** Whether it received a message in a state in which that has no effect. */
  readonly isIdle: boolean
}

interface Recorded {
  readonly start: Start
  registers: Registers
  /** The steps since it began, and what it began with. */
  steps: Array<Step>
  base: ReadonlyArray<Change>
}

interface Traffic {
  sent: number
  received: number
  /** Receipts that have no effect, whether or not they are the first. */
  idle: number
  readonly from: string
  firstReceipt: Departure | undefined
}

export class Replay {
  private readonly protocolOf: (name: string) => AnyProtocol | undefined
  private readonly nodes = new Map<string, Recorded>()
  private readonly traffic = new Map<string, Traffic>()
  private departure: Departure | undefined
  private steps = 0
  private restarts = 0

  constructor(protocolOf: (name: string) => AnyProtocol | undefined) {
    this.protocolOf = protocolOf
  }

  /** Takes a line of a recording. Lines of one process come in order; those of others in any. */
  take(number: number, line: Line): void {
    if (this.departure !== undefined) return
    if (line._tag === "Start") this.start(number, line)
    else this.step(number, line)
  }

  /** All lines were taken. */
  result(): Replayed {
    let unattributed = 0
    for (const { from, sent, received, idle, firstReceipt } of this.traffic.values()) {
      if (received + idle === 0) continue
      if (!this.nodes.has(from)) unattributed += 1
      else if (sent === 0)
        this.departure ??= { ...(firstReceipt as Departure), reason: "received what was never sent" }
      else if (received > sent) {
        this.departure ??= {
          ...(firstReceipt as Departure),
          reason: `received ${received} times what was sent ${sent} times`
        }
      }
    }
    return { departure: this.departure, steps: this.steps, restarts: this.restarts, unattributed }
  }

  private start(line: number, start: Start): void {
    const known = this.nodes.get(start.node)
    const base = start.state as ReadonlyArray<Change>
    const protocol = this.protocolOf(start.protocol)
    if (protocol === undefined) {
      this.departure = { line, node: start.node, reason: `there is no protocol ${start.protocol}` }
      return
    }
    if (known !== undefined) {
      this.restarts += 1
      this.forget(line, known, base)
    } else if (!equals(stateOf(fresh(protocol, start)), stateOf(began(protocol, start, base)))) {
      this.departure = { line, node: start.node, reason: "does not begin in its initial state" }
    }
    this.nodes.set(start.node, { start, registers: began(protocol, start, base), steps: [], base })
  }

  /**
   * A process begins again with what it kept: finds the steps that it forgot. What it kept is what the steps up to some time
   * had led to; after that, a step that changed nothing counts as long as it rests on nothing that was forgotten.
   */
  private forget(line: number, { start, steps, base }: Recorded, kept: ReadonlyArray<Change>): void {
    const protocol = this.protocolOf(start.protocol) as AnyProtocol
    const registers = began(protocol, start, base)
    const difference = new Difference(registers, began(protocol, start, kept))
    let remembered = difference.isEmpty ? 0 : -1
    for (const [index, { taken }] of steps.entries()) {
      registers.step(taken.key, taken.input as Input<unknown, unknown, unknown>)
      difference.update(taken.key)
      if (difference.isEmpty) remembered = index + 1
    }
    if (remembered < 0) {
      this.departure = { line, node: start.node, reason: "begins again in a state that it never was in" }
      return
    }
    const forgotten = new Set<string>()
    let isSharedForgotten = false
    for (const step of steps.slice(remembered)) {
      const { key, change } = step.taken
      if (change === null && !isSharedForgotten && !forgotten.has(key)) continue
      forgotten.add(key)
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
    const { registers } = recorded
    const input = taken.input as Input<unknown, unknown, unknown>
    const isIdle = input._tag === "Receive" && hasNoEffect(registers, key, input)
    const reason = difference(taken, registers.step(key, input))
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
    for (const { to, message, register = key } of taken.sends) this.of(node, to, register, message).sent += 1
  }

  /** What the process forgot it cannot have sent, and it may receive the message again. */
  private undo({ taken: { node, key, input, sends }, isIdle }: Step): void {
    if (input._tag === "Receive" && !isIdle) this.of(input.from, node, key, input.message).received -= 1
    for (const { to, message, register = key } of sends) this.of(node, to, register, message).sent -= 1
  }

  private of(from: string, to: string, key: string, message: unknown): Traffic {
    const name = canonical([from, to, key, message])
    const known = this.traffic.get(name)
    if (known !== undefined) return known
    const made: Traffic = { sent: 0, received: 0, idle: 0, from, firstReceipt: undefined }
    this.traffic.set(name, made)
    return made
  }
}

/** In which registers, and whether in what they share, a process is in another state than it is to be. */
class Difference {
  private readonly registers: Registers
  private readonly expected: Registers
  private readonly keys: Set<string>
  private isShared = false

  constructor(registers: Registers, expected: Registers) {
    this.registers = registers
    this.expected = expected
    this.keys = new Set([...registers.keys(), ...expected.keys()])
    for (const key of [...this.keys]) this.update(key)
  }

  get isEmpty(): boolean {
    return this.keys.size === 0 && !this.isShared
  }

  /** After a step of this register. */
  update(key: string): void {
    this.isShared = !equals(this.registers.fields(), this.expected.fields())
    if (equals(this.registers.fields(key), this.expected.fields(key))) this.keys.delete(key)
    else this.keys.add(key)
  }
}

const fresh = (protocol: AnyProtocol, { node, role, variant, servers, configuration }: Start): Registers => {
  const clients = role === "client" ? [node] : []
  return new Registers(
    processFor(protocol, role),
    { variant, servers, configuration, clients },
    node as NodeId
  )
}

const began = (protocol: AnyProtocol, start: Start, changes: ReadonlyArray<Change>): Registers => {
  const registers = fresh(protocol, start)
  for (const change of changes) registers.restore(change)
  return registers
}

const stateOf = (registers: Registers): unknown =>
  ["", ...registers.keys()].map((key) => [key, registers.state(key)])

/** Whether the process promises that receiving the message has no effect but answers. */
const hasNoEffect = (
  registers: Registers,
  key: string,
  { from, message }: { readonly from: NodeId; readonly message: unknown }
): boolean => {
  const { promises } = registers.process
  return [promises?.onlyAnswers, promises?.isObsolete].some((promise) =>
    promise?.(registers.context, registers.self, registers.state(key), from, message)
  )
}

/** What the specification does otherwise than was recorded; undefined if nothing. */
const difference = (taken: Taken, { change, sends, observations }: Outcome): string | undefined => {
  const { key: _key, ...changed } = change ?? { key: "" }
  const parts: ReadonlyArray<readonly [string, unknown, unknown]> = [
    ["changes", change === undefined ? null : changed, taken.change],
    ["sends", sends, taken.sends],
    ["shows", observations, taken.observations]
  ]
  const found = parts.find(([, specified, recorded]) => !equals(specified, recorded))
  if (found === undefined) return undefined
  const [what, specified, recorded] = found
  return `it ${what} ${JSON.stringify(recorded)}, and the specification ${JSON.stringify(specified)}`
}
