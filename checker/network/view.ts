/**
 * The whole state, as properties of it see it. It reads each component on demand, so that a memo
 * learns on which of them a property depends.
 */
import type { Knowledge } from "../../spec/kernel/adversary.ts"
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { AnyGlobalState, SystemNode } from "../../spec/kernel/system.ts"
import type { Read } from "../engine/dependency-memo.ts"
import type { Locals } from "./locals.ts"
import { correctly, gone } from "./process-table.ts"
import type { Processes } from "./processes.ts"

type Slots = ReadonlyMap<NodeId, number>

/** What the views of all states of a network have in common. */
export class Views {
  readonly known: (read: Read) => Knowledge
  /** Throws if no property may look at the messages in flight. */
  readonly allowMessages: () => void
  private readonly locals: Locals
  private readonly processes: Processes
  private readonly slots: Slots
  private readonly slotsOfRoles: ReadonlyArray<readonly [Role, Slots]>

  constructor(
    nodes: ReadonlyArray<Pick<SystemNode, "id" | "role">>,
    locals: Locals,
    processes: Processes,
    known: (read: Read) => Knowledge,
    allowMessages: () => void
  ) {
    this.locals = locals
    this.processes = processes
    this.known = known
    this.allowMessages = allowMessages
    const all = nodes.map(({ id, role }, slot) => ({ id, role, slot }))
    const slotsOf = (some: typeof all): Slots => new Map(some.map(({ id, slot }) => [id, slot]))
    this.slots = slotsOf(all)
    this.slotsOfRoles = [...new Set(nodes.map(({ role }) => role))].map(
      (role) => [role, slotsOf(all.filter((node) => node.role === role))] as const
    )
  }

  of(read: Read): AnyGlobalState {
    return new View(this, read)
  }

  /** The states of the correct nodes of each role. */
  nodes(read: Read): AnyGlobalState["nodes"] {
    const { locals, processes } = this
    const stateAt = (slot: number): unknown => {
      const process = locals.processOf(read(slot))
      if (process === gone || processes.modeOf(process) !== correctly) return undefined
      return processes.stateOf(process)
    }
    return Object.fromEntries(
      this.slotsOfRoles.map(([role, slots]) => [role, lazyRecord(slots, stateAt)])
    )
  }

  inFlight(read: Read): AnyGlobalState["inFlight"] {
    const inboxAt = (slot: number) => this.locals.decode(read(slot))?.inbox
    return lazyRecord(this.slots, inboxAt) as AnyGlobalState["inFlight"]
  }
}

/**
 * A class, because V8 puts the getters of an object literal among its old objects. From there they
 * would keep the network of a short search in memory long after its end.
 */
class View implements AnyGlobalState {
  readonly nodes: AnyGlobalState["nodes"]
  readonly #views: Views
  readonly #read: Read

  constructor(views: Views, read: Read) {
    this.nodes = views.nodes(read)
    this.#views = views
    this.#read = read
  }

  get inFlight(): AnyGlobalState["inFlight"] {
    this.#views.allowMessages()
    return this.#views.inFlight(this.#read)
  }

  get known(): Knowledge {
    return this.#views.known(this.#read)
  }
}

/**
 * A record whose fields are computed when they are read; a field whose value is undefined is
 * absent.
 */
const lazyRecord = (
  slots: Slots,
  fieldAt: (slot: number) => unknown
): Readonly<Record<string, unknown>> =>
  new Proxy<Record<string, unknown>>({}, new Fields(slots, fieldAt))

class Fields implements ProxyHandler<Record<string, unknown>> {
  readonly #slots: Slots
  readonly #fieldAt: (slot: number) => unknown

  constructor(slots: Slots, fieldAt: (slot: number) => unknown) {
    this.#slots = slots
    this.#fieldAt = fieldAt
  }

  get(_: unknown, key: string | symbol): unknown {
    const slot = this.#slots.get(key as NodeId)
    return slot === undefined ? undefined : this.#fieldAt(slot)
  }

  has(_: unknown, key: string | symbol): boolean {
    return this.get(_, key) !== undefined
  }

  ownKeys(): Array<NodeId> {
    const ids: Array<NodeId> = []
    for (const [id, slot] of this.#slots) if (this.#fieldAt(slot) !== undefined) ids.push(id)
    return ids
  }

  getOwnPropertyDescriptor(_: unknown, key: string | symbol): PropertyDescriptor | undefined {
    const value = this.get(_, key)
    return value === undefined ? undefined : { value, enumerable: true, configurable: true }
  }
}
