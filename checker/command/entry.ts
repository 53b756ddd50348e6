/**
 * The file that the process started with; threads of the command start with it too. (The built
 * command contains every module in it. When the sources run, only this file does the work of a
 * thread.)
 */
let entry: URL | undefined

export const beganWith = (file: URL): void => {
  entry = file
}

export const entryOfThreads = (): URL => {
  if (entry === undefined) throw new Error("the process does not know its entry file")
  return entry
}
