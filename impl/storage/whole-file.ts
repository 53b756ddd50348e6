/**
 * Files that exist as a whole or not at all, whenever the power fails or the disk is full. All
 * functions throw the file system's error.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

/**
 * Writes a file that only its owner may read, and returns once all its bytes are durable. If there
 * is no room for all of them, nothing of the file remains. (`writeSync` may write some of them and
 * report no error.)
 */
export const writeDurably = (file: string, bytes: Uint8Array | string): void => {
  const descriptor = openSync(file, "w", 0o600)
  try {
    writeFileSync(descriptor, bytes)
    fsyncSync(descriptor)
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
}

/** Replaces a file, and returns once that is durable. If it fails, the file is unchanged. */
export const replaceDurably = (file: string, bytes: Uint8Array | string): void => {
  const unfinished = `${file}.unfinished`
  rmSync(unfinished, { force: true })
  writeDurably(unfinished, bytes)
  renameSync(unfinished, file)
  syncFolder(dirname(file))
}

/** Returns once the folder's list of files is durable. */
export const syncFolder = (folder: string): void => {
  const descriptor = openSync(folder, "r")
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
