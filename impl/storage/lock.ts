/**
 * That no second process uses a folder.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import { tryLock } from "../environment/lock.ts"

/**
 * Locks the folder; the returned function lets go of it. Undefined if another process holds it.
 * Throws what the file system says.
 */
export const lockFolder = (folder: string): (() => void) | undefined => {
  const descriptor = openSync(join(folder, "lock"), "a+")
  try {
    if (!tryLock(descriptor)) {
      closeSync(descriptor)
      return undefined
    }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  try {
    // For people. On a full disk it is not there.
    ftruncateSync(descriptor, 0)
    writeSync(descriptor, `${process.pid}\n`)
  } catch {}
  return () => closeSync(descriptor)
}
