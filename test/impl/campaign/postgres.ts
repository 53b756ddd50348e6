/**
 * A Postgres for one test, if Debian's package is installed: in a folder and on a port of its own,
 * removed afterwards.
 */
import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

const installed = "/usr/lib/postgresql"

/** The folder of its programs; undefined if it is not installed. */
export const postgresBin: string | undefined = existsSync(installed)
  ? readdirSync(installed)
      .map((version) => join(installed, version, "bin"))
      .find((folder) => existsSync(join(folder, "initdb")))
  : undefined

/** It refuses to run as root. */
const asItsUser = (program: string, ...words: ReadonlyArray<string>): void => {
  const command = [join(postgresBin ?? "", program), ...words]
  const [first, ...rest] =
    process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--", ...command] : command
  execFileSync(first as string, rest, { stdio: "ignore", cwd: tmpdir() })
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })

export class Postgres {
  readonly url: string
  private readonly folder: string

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.url = `postgres://quorate@127.0.0.1:${port}/postgres`
  }

  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), "quorate-postgres-"))
    chmodSync(folder, 0o777)
    const data = join(folder, "data")
    const port = await freePort()
    asItsUser("initdb", "-D", data, "-U", "quorate", "--auth=trust", "--no-sync")
    const settings = `-p ${port} -h 127.0.0.1 -k ${folder} -c fsync=off`
    asItsUser("pg_ctl", "start", "-w", "-D", data, "-o", settings, "-l", join(folder, "log"))
    return new Postgres(folder, port)
  }

  stop(): void {
    asItsUser("pg_ctl", "stop", "-w", "-m", "immediate", "-D", join(this.folder, "data"))
    rmSync(this.folder, { recursive: true })
  }
}
