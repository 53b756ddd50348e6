/**
 * Checkpoints: the whole knowledge of a search, in a folder, so that a killed run can be resumed.
 *
 * The folder holds `current`, which names the last whole checkpoint, and that checkpoint in a
 * folder of its own. Saving writes a new checkpoint next to the old one, replaces `current` in one
 * step, and then removes the old one. Whenever the process is killed, there is a whole checkpoint.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import type { Saved, SavedCheck } from "../check.ts"
import type { Kept } from "../engine/begin.ts"
import type { Checksums } from "../engine/saving.ts"
import type { ReductionName } from "../network/reductions.ts"
import type { Saving } from "./drive.ts"
import { FolderArchive, newHash } from "./word-files.ts"

/**
 * What a resumed run must share with the saved one. Expectations may differ: they change no state.
 */
export interface Identity {
  /** The text of the scenario's file. */
  readonly text: string
  /** The properties that are checked instead of the scenario's. */
  readonly properties: ReadonlyArray<string> | undefined
  readonly reductions: ReadonlyArray<ReductionName>
  readonly keeping: Kept
  /** The checksum of the program: another program may take other steps. */
  readonly program: string
}

interface Manifest {
  readonly scenario: string
  readonly identity: Identity
  readonly check: SavedCheck
  readonly files: Checksums
}

/** The checkpoint from which a run resumes. */
export interface Resumed {
  /** The folder of the checkpoint itself. */
  readonly place: string
  readonly check: SavedCheck
}

/** Where and how often to save a run. */
export interface Checkpoint {
  readonly folder: string
  readonly intervalMilliseconds: number
  readonly identity: Identity
}

/** Saves a check; `save` writes all of it. */
export const savingInto = (
  { folder, intervalMilliseconds, identity }: Checkpoint,
  scenario: string,
  save: SaveInto
): Saving => {
  const checkpoints = new Checkpoints(folder, scenario, identity)
  return {
    intervalMilliseconds,
    save: () => checkpoints.write(save),
    forget: () => checkpoints.remove()
  }
}

const lockName = "lock"

interface Refusal {
  readonly isTaken: boolean
  readonly reason: string
}

const unwritable = (folder: string, code: string): Refusal => ({
  isTaken: false,
  reason: `${folder} cannot be written (${code})`
})

/**
 * Takes a folder for this process until the process ends, so that no other search saves there at
 * the same time; or names the process that has taken it. A killed process leaves its lock behind:
 * this function takes over the lock.
 */
const lockFolder = (folder: string): Result.Result<void, Refusal> => {
  const lock = join(folder, lockName)
  const taken = Result.try(() => writeFileSync(lock, String(process.pid), { flag: "wx" }))
  if (Result.isFailure(taken)) {
    const code = codeOf(taken.failure)
    if (code !== "EEXIST") return Result.fail(unwritable(folder, code))
    const owner = Number(readFileSync(lock, "utf8"))
    if (owner !== process.pid && isRunning(owner))
      return Result.fail({
        isTaken: true,
        reason: `another search (process ${owner}) saves in ${folder} — name another folder, or wait for it`
      })
    writeFileSync(lock, String(process.pid))
  }
  process.once("exit", () => {
    rmSync(lock, { force: true })
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder)
  })
  return Result.succeed(undefined)
}

const isRunning = (pid: number): boolean => {
  const asked = Result.try(() => process.kill(pid, 0))
  return Result.isSuccess(asked) || codeOf(asked.failure) === "EPERM"
}

/** Writes a check into an archive, which is a folder. */
type SaveInto = (archive: FolderArchive, folder: string) => Saved | Promise<Saved>

const currentName = "current"
const manifestName = "manifest.json"
const isCheckpoint = (name: string): boolean => /^\d{8}$/.test(name)

export const identityOf = (
  { text, properties, reductions, keeping }: Omit<Identity, "program">,
  entry: URL
): Identity => ({
  ...{ text, properties, reductions, keeping },
  program: checksumOf(readFileSync(entry))
})

class Checkpoints {
  private readonly folder: string
  private readonly scenario: string
  private readonly identity: Identity

  constructor(folder: string, scenario: string, identity: Identity) {
    this.folder = folder
    this.scenario = scenario
    this.identity = identity
  }

  /** Writes one more checkpoint, and removes the previous one once the new one is whole. */
  async write(save: SaveInto): Promise<void> {
    const { folder } = this
    const numbers = readdirSync(folder).filter(isCheckpoint).map(Number)
    const name = String(Math.max(0, ...numbers) + 1).padStart(8, "0")
    const place = join(folder, name)
    mkdirSync(place)
    try {
      const { check, files } = await save(new FolderArchive(place), place)
      const { scenario, identity } = this
      this.makeCurrent(
        name,
        JSON.stringify({ scenario, identity, check, files } satisfies Manifest)
      )
    } catch (error) {
      rmSync(place, { recursive: true })
      throw error
    }
    this.removeBut(name)
  }

  private makeCurrent(name: string, manifest: string): void {
    const { folder } = this
    const place = join(folder, name)
    writeDurably(join(place, manifestName), manifest)
    syncFolder(place)
    const next = join(folder, `${currentName}.next`)
    writeDurably(next, JSON.stringify({ checkpoint: name, checksum: checksumOf(manifest) }))
    renameSync(next, join(folder, currentName))
    syncFolder(folder)
  }

  /** Removes all checkpoints: the run has ended. */
  remove(): void {
    rmSync(join(this.folder, currentName), { force: true })
    rmSync(join(this.folder, `${currentName}.next`), { force: true })
    this.removeBut(undefined)
    if (readdirSync(this.folder).length === 0) rmdirSync(this.folder)
  }

  private removeBut(kept: string | undefined): void {
    for (const name of readdirSync(this.folder).filter(isCheckpoint))
      if (name !== kept) rmSync(join(this.folder, name), { recursive: true })
  }
}

export const hasCheckpoint = (folder: string): boolean => existsSync(join(folder, currentName))

/**
 * Takes a folder to save into until this process ends, or gives the reason why it cannot. Only the
 * holder of the lock tries to write: a trial would disturb another search that saves there.
 */
export const takeFolder = (folder: string): Result.Result<void, string> =>
  Result.try({
    try: () => mkdirSync(folder, { recursive: true }),
    catch: (error) => unwritable(folder, codeOf(error))
  }).pipe(
    Result.flatMap(() => lockFolder(folder)),
    Result.flatMap(() =>
      Result.try({
        try: () => {
          const probe = join(folder, `${currentName}.next`)
          writeFileSync(probe, "")
          rmSync(probe)
        },
        catch: (error) => unwritable(folder, codeOf(error))
      })
    ),
    Result.mapError(({ reason }) => reason)
  )

/**
 * Keeps other processes from saving in a folder that this process reads; no process can save in a
 * read-only folder.
 */
export const holdFolder = (folder: string): Result.Result<void, string> => {
  const held = lockFolder(folder)
  return Result.isFailure(held) && held.failure.isTaken
    ? Result.fail(held.failure.reason)
    : Result.succeed(undefined)
}

/**
 * The checkpoint in a folder, with every byte checked; or the reason why this run cannot use it.
 */
export const readCheckpoint = (
  folder: string,
  identity: Identity
): Result.Result<Resumed, string> => {
  return Result.flatMap(readManifest(folder), ({ place, manifest }) => {
    const other = difference(manifest, identity)
    if (other !== undefined) return Result.fail(`the checkpoint in ${folder} belongs to ${other}`)
    const archive = new FolderArchive(place)
    for (const [name, checksum] of Object.entries(manifest.files)) {
      const found = Result.try(() => archive.checksum(name))
      if (Result.isFailure(found) || found.success !== checksum) return damaged(folder, name)
    }
    return Result.succeed({ place, check: manifest.check })
  })
}

const readManifest = (
  folder: string
): Result.Result<{ readonly place: string; readonly manifest: Manifest }, string> => {
  const read = Result.try(() => {
    const current = JSON.parse(readFileSync(join(folder, currentName), "utf8"))
    const place = join(folder, String(current.checkpoint))
    const text = readFileSync(join(place, manifestName), "utf8")
    const isWhole = isCheckpoint(current.checkpoint) && checksumOf(text) === current.checksum
    return isWhole ? { place, manifest: JSON.parse(text) as Manifest } : undefined
  })
  return Result.isSuccess(read) && read.success !== undefined
    ? Result.succeed(read.success)
    : damaged(folder, manifestName)
}

const damaged = (folder: string, name: string) =>
  Result.fail(`the checkpoint in ${folder} is damaged: ${name} has changed since it was written`)

/** The run that the checkpoint belongs to, if it is a different one. */
const difference = ({ scenario, identity: was }: Manifest, is: Identity): string | undefined => {
  if (was.text !== is.text) return `another scenario (${scenario})`
  if (String(was.properties) !== String(is.properties))
    return `a run that checks other properties (${was.properties === undefined ? "the scenario's" : `--properties ${listed(was.properties)}`})`
  if (String(was.reductions) !== String(is.reductions))
    return `a run with other reductions (--reduction ${listed(was.reductions)})`
  if (was.keeping !== is.keeping) return `a run with --keep ${was.keeping}`
  return was.program === is.program ? undefined : "another version of quorate"
}

const listed = (names: ReadonlyArray<string>): string =>
  names.length === 0 ? "none" : names.join(",")

const checksumOf = (content: string | Uint8Array): string => newHash().update(content).digest("hex")

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)

const writeDurably = (path: string, text: string): void => {
  const file = openSync(path, "w")
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Makes sure that the names in a folder are on the disk; some systems do not let a process open
 * folders for that.
 */
const syncFolder = (folder: string): void => {
  const opened = Result.try(() => openSync(folder, "r"))
  if (Result.isFailure(opened)) return
  try {
    fsyncSync(opened.success)
  } finally {
    closeSync(opened.success)
  }
}
