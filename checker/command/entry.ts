/**
 * The file that the process began with: threads of the command begin with it, too. (In the built
 * command every module is in it; where the sources run, only it does the work of a thread.)
 */
let entry: URL | undefined

export const beganWith = (file: URL): void => {
  entry = file
}

export const entryOfThreads = (): URL => {
  if (entry === undefined) throw new Error("nobody said which file the process began with")
  return entry
}
