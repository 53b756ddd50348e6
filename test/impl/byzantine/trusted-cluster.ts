/**
 * A system with an administrator in this process: nodes on their own ports, with folders that are
 * removed when the test ends, and liars in place of some.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import {
  type Administration,
  administrate,
  begin
} from "../../../impl/administrator/administration.ts"
import { createAdministrator, openAdministrator } from "../../../impl/administrator/folder.ts"
import type { Credentials } from "../../../impl/byzantine/given.ts"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import type { Address } from "../../../impl/directory/address.ts"
import type { Directory } from "../../../impl/directory/directory.ts"
import { startNode } from "../../../impl/node/node.ts"
import { type LieName, startLiar } from "./liar.ts"

const host = "127.0.0.1"

export class TrustedCluster {
  readonly folder = mkdtempSync(join(tmpdir(), "quorate-byzantine-"))
  private readonly addresses = new Map<string, Address>()
  private readonly scopes = new Map<string, Scope.Closeable>()
  private administration: Administration | undefined

  private async scoped<A, E>(name: string, effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> {
    const scope = Effect.runSync(Scope.make())
    this.scopes.set(name, scope)
    return Effect.runPromise(Effect.provideService(effect, Scope.Scope, scope))
  }

  /** Those of the nodes with these names, or of all. */
  directory(...names: ReadonlyArray<string>): Directory {
    const known = () =>
      [...this.addresses].filter(([name]) => names.length === 0 || names.includes(name))
    return { source: "a test", lookUp: Effect.sync(() => new Map(known())) }
  }

  folderOf(name: string): string {
    return join(this.folder, name)
  }

  async start(...names: ReadonlyArray<string>): Promise<void> {
    for (const name of names) {
      const node = await this.scoped(
        name,
        startNode({
          ...{ name, protocol: "byzantine", data: this.folderOf(name), members: names },
          listen: { host, port: this.addresses.get(name)?.port ?? 0 },
          directory: this.directory()
        })
      )
      this.addresses.set(name, node.address)
    }
  }

  /** A liar in the place of this node, on its folder or on another one. */
  async lie(name: string, lie: LieName, folder = this.folderOf(name)): Promise<void> {
    await this.stop(name)
    const port = this.addresses.get(name)?.port ?? 0
    this.addresses.set(name, await this.scoped(name, startLiar(folder, { host, port }, lie)))
  }

  async stop(...names: ReadonlyArray<string>): Promise<void> {
    await Promise.all(
      names.map((name) => {
        const scope = this.scopes.get(name)
        this.scopes.delete(name)
        return scope && Effect.runPromise(Scope.close(scope, Exit.void))
      })
    )
  }

  /** The system begins with these nodes, and its administrator is there. */
  async begin(...names: ReadonlyArray<string>): Promise<void> {
    await this.start(...names)
    const own = join(this.folder, "administrator")
    await Effect.runPromise(createAdministrator(own, "administrator"))
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(openAdministrator(own), (folder) => begin(folder, this.directory()))
      )
    )
    await this.startAdministrator()
  }

  async startAdministrator(): Promise<void> {
    const own = join(this.folder, "administrator")
    this.administration = await this.scoped(
      "administrator",
      Effect.flatMap(openAdministrator(own), (folder) => administrate(folder, this.directory()))
    )
  }

  reconfigure(add: ReadonlyArray<string>, remove: ReadonlyArray<string>) {
    const { reconfigure, deliver } = this.administration as Administration
    return Effect.runPromise(Effect.tap(reconfigure({ add, remove }), () => deliver))
  }

  credentials(name: string): Promise<Credentials> {
    return Effect.runPromise((this.administration as Administration).client(name))
  }

  connect(
    credentials: Credentials,
    directory = this.directory(),
    timeoutMilliseconds = 5000
  ): Promise<PromisedStore> {
    return connect({ servers: directory, protocol: "byzantine", credentials, timeoutMilliseconds })
  }

  copy(name: string, to: string): string {
    cpSync(this.folderOf(name), this.folderOf(to), { recursive: true })
    return this.folderOf(to)
  }

  /** The files of the secrets of a node. */
  secretsOf(name: string): ReadonlyArray<string> {
    return readdirSync(join(this.folderOf(name), "keys"))
  }

  async remove(): Promise<void> {
    await this.stop(...this.scopes.keys())
    rmSync(this.folder, { recursive: true })
  }
}
