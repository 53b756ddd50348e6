/**
 * Keeps a second process from using a folder.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import { tryLock } from "../environment/lock.ts"

/**
 * Locks the folder. Returns a function that releases it; undefined if another process holds the
 * lock. Throws the file system's error.
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
    // For people only. On a full disk it may be missing.
    ftruncateSync(descriptor, 0)
    writeSync(descriptor, `${process.pid}\n`)
  } catch {}
  return () => closeSync(descriptor)
}
