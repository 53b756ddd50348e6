/**
 * Storage nodes in this process, on their own ports, with folders that the test removes at its end.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { describeAddress } from "../../../impl/directory/address.ts"
import type { Addresses } from "../../../impl/directory/directory.ts"
import type { Keys } from "../../../impl/keys/keys.ts"
import { type RunningNode, startNode } from "../../../impl/node/node.ts"
import type { NodeOptions } from "../../../impl/node/options.ts"
import { defaultProtocol } from "../../../impl/protocols.ts"
import { beginIn } from "../../../impl/storage/folder.ts"

export class TestCluster {
  readonly folder: string
  readonly names: ReadonlyArray<string>
  private readonly running = new Map<
    string,
    { readonly node: RunningNode; readonly scope: Scope.Closeable }
  >()
  private readonly ports = new Map<string, number>()

  /** With keys, the keys of each node. */
  private readonly keysOf: ((name: string) => Keys) | undefined

  private readonly more: Partial<NodeOptions>
  /** Whether the system has begun. */
  private isBegun = false

  constructor(
    size: number,
    keysOf?: (name: string) => Keys,
    folder?: string,
    more: Partial<NodeOptions> = {}
  ) {
    this.more = more
    this.folder = folder ?? mkdtempSync(join(tmpdir(), "quorate-cluster-"))
    this.keysOf = keysOf
    this.names = Array.from({ length: size }, (_, index) => `s${index + 1}`)
  }

  /** Starts these nodes, or all of them; the first start begins a new system. */
  async start(...names: ReadonlyArray<string>): Promise<void> {
    if (!this.isBegun) this.begin()
    for (const name of names.length === 0 ? this.names : names) {
      const scope = Effect.runSync(Scope.make())
      const node = await Effect.runPromise(
        startNode({
          name,
          listen: { host: "127.0.0.1", port: this.ports.get(name) ?? 0 },
          data: join(this.folder, name),
          members: this.names,
          directory: { source: "a test", lookUp: Effect.sync(() => this.addresses) },
          ...this.more,
          ...(this.keysOf === undefined ? {} : { keys: this.keysOf(name) })
        }).pipe(
          Effect.provideService(Scope.Scope, scope),
          Effect.onError(() => Scope.close(scope, Exit.void))
        )
      )
      this.ports.set(name, node.address.port)
      this.running.set(name, { node, scope })
    }
  }

  /** Begins the system in the folders of its nodes. */
  private begin(): void {
    this.isBegun = true
    if (existsSync(join(this.folder, this.names[0] as string))) return
    const folders = this.names.map((name) => [name, join(this.folder, name)] as const)
    beginIn(new Map(folders), this.more.protocol ?? defaultProtocol)
  }

  async stop(...names: ReadonlyArray<string>): Promise<void> {
    for (const name of names.length === 0 ? [...this.running.keys()] : names) {
      const one = this.running.get(name)
      this.running.delete(name)
      if (one !== undefined) await Effect.runPromise(Scope.close(one.scope, Exit.void))
    }
  }

  /** Stops a node abruptly, and loses what it had not synced. */
  async kill(name: string): Promise<void> {
    // No other node can be visited.
    const ports = new Map(this.ports)
    this.ports.clear()
    await this.stop(name)
    for (const [other, port] of ports) this.ports.set(other, port)
  }

  /** Starts a second process of a running node, with a copy of its folder. */
  async startTwin(name: string, data: string): Promise<void> {
    const scope = Effect.runSync(Scope.make())
    await Effect.runPromise(
      startNode({
        name,
        listen: { host: "127.0.0.1", port: 0 },
        data,
        members: this.names,
        // It finds the others, and itself as well.
        directory: { source: "a test", lookUp: Effect.sync(() => this.addresses) }
      }).pipe(Effect.provideService(Scope.Scope, scope))
    ).finally(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  }

  node(name: string): RunningNode {
    return (this.running.get(name) as { readonly node: RunningNode }).node
  }

  private get addresses(): Addresses {
    return new Map([...this.ports].map(([name, port]) => [name, { host: "127.0.0.1", port }]))
  }

  get directory(): string {
    return this.names
      .map(
        (name) =>
          `${name}=${describeAddress({ host: "127.0.0.1", port: this.ports.get(name) ?? 1 })}`
      )
      .join(",")
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true })
  }
}
