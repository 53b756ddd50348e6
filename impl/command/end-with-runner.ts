/** A process that does a unit of a campaign for a runner ends when the runner does. */
export const endWithRunner = (): void => {
  if (process.channel === undefined || process.channel === null) return
  process.once("disconnect", () => process.exit())
  process.channel.unref()
}
