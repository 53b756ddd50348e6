/** Ends a process that does a unit of a campaign when its runner ends. */
export const endWithRunner = (): void => {
  if (process.channel === undefined || process.channel === null) return
  process.once("disconnect", () => process.exit())
  process.channel.unref()
}
