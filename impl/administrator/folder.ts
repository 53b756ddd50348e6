/**
 * The folder of an administrator. `administrator.json` names the administrator and its system,
 * `keys/` holds its key, and `log/` records its steps, so that an interrupted change resumes.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AdministratorId, Members, type ServerSet } from "../../spec/nodes/nodes.ts"
import { type Authority, authorityWith, newAuthority } from "../byzantine/given.ts"
import { Keyring } from "../byzantine/keyring.ts"
import { FolderRefused } from "../storage/folder.ts"
import { lockFolder } from "../storage/lock.ts"
import { replaceDurably } from "../storage/whole-file.ts"

const Contents = Schema.Struct({
  format: Schema.Literal(1),
  id: AdministratorId,
  /** The handle of the administrator's key. */
  secret: Schema.String,
  /** The members of its system's first configuration; null before it has begun a system. */
  first: Schema.NullOr(Members)
})
type Contents = typeof Contents.Type

export interface AdministratorFolder {
  readonly authority: Authority
  /** The folder of its log. */
  readonly log: string
  readonly first: ServerSet | undefined
  /** Records that this administrator administers the system with this first configuration. */
  readonly adopt: (first: ServerSet) => void
}

const fileOf = (folder: string): string => join(folder, "administrator.json")
const refused = (folder: string, problem: string, mend: string) =>
  new FolderRefused({ folder, problem, mend })

/** Makes a new administrator, in a folder that has none. */
export const createAdministrator = (
  folder: string,
  name: string
): Effect.Effect<AdministratorId, FolderRefused> =>
  Effect.try({
    try: () => {
      if (existsSync(fileOf(folder)))
        throw refused(folder, "it already has an administrator's key", "name another folder")
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const keyring = new Keyring(join(folder, "keys"))
      const { id, key } = newAuthority(keyring, name)
      keyring.keep(keyring.handles)
      write(folder, { format: 1, id, secret: key.secret ?? "", first: null })
      return id
    },
    catch: (error) => asRefused(folder, error)
  })

/** Uses the folder of an administrator until the scope ends. */
export const openAdministrator = (folder: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.try({
        try: () => opened(folder),
        catch: (error) => asRefused(folder, error)
      }),
      ({ unlock }) => Effect.sync(unlock)
    ),
    ({ administrator }) => administrator
  )

const opened = (folder: string) => {
  if (!existsSync(fileOf(folder))) {
    throw refused(
      folder,
      "it has no administrator's key",
      `make one: quorate administrator keys --data ${folder}`
    )
  }
  const unlock = lockFolder(folder)
  if (unlock === undefined) throw refused(folder, "another process uses it", "stop that one first")
  const contents = Schema.decodeUnknownSync(Contents)(
    JSON.parse(readFileSync(fileOf(folder), "utf8"))
  )
  const keyring = new Keyring(join(folder, "keys"))
  if (keyring.get(contents.secret) === undefined) {
    unlock()
    throw refused(
      folder,
      "its key is missing or damaged",
      "use the folder with which the last change was made"
    )
  }
  const log = join(folder, "log")
  mkdirSync(log, { recursive: true })
  const administrator: AdministratorFolder = {
    authority: authorityWith(keyring, contents.secret, contents.id),
    log,
    first: contents.first ?? undefined,
    adopt: (first) => write(folder, { ...contents, first })
  }
  return { administrator, unlock }
}

const write = (folder: string, contents: Contents): void =>
  replaceDurably(fileOf(folder), `${JSON.stringify(contents)}\n`)

const asRefused = (folder: string, error: unknown): FolderRefused =>
  error instanceof FolderRefused
    ? error
    : refused(
        folder,
        `it cannot be used (${(error as NodeJS.ErrnoException).code ?? "it is damaged"})`,
        "name another one, or make it readable"
      )
