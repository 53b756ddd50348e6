/**
 * The decisions by which the naive ways of reconfiguring differ (tutorial section 4). The prose
 * leaves several of them open; `stopTheWorld` and `writeLocked` are the readings that keep
 * atomicity.
 */

/** What is put around the three steps: nothing, a pause of all other clients, or a write lock. */
type Barrier = "nothing" | "pause" | "write-lock"

export interface Rules {
  /**
   * "Stop-the-world": no operation is in execution meanwhile. The write lock "prevents clients from
   * writing".
   */
  readonly barrier: Barrier
  /** Whether a client confirms that it uses the new configuration. (Step 3. Not in the prose.) */
  readonly clientsConfirm: boolean
  /**
   * Whether the reconfiguration waits for these confirmations before it releases the barrier and
   * returns.
   */
  readonly waitsForClients: boolean
  /**
   * Whether the vt-pair that is stored in the new configuration comes from locked nodes. (Step 1.)
   */
  readonly collectsFromLocked: boolean
  /**
   * The number of a phase that begins again in the new configuration: a new one, so that no earlier
   * answer counts.
   */
  readonly numberAgain: (begun: number) => number
  /**
   * Whether it makes no difference in which order answers come. It follows from the others; a
   * checker relies on it.
   */
  readonly answersCommute: boolean
}

/** The three steps and nothing else. */
export const online: Rules = {
  barrier: "nothing",
  clientsConfirm: false,
  waitsForClients: false,
  collectsFromLocked: false,
  numberAgain: (begun) => begun + 1,
  answersCommute: true
}

/** All other clients pause until they have confirmed that they use the new configuration. */
export const stopTheWorld: Rules = {
  ...online,
  barrier: "pause",
  clientsConfirm: true,
  waitsForClients: true
}

/**
 * Storage nodes are locked until all other clients have confirmed that they use the new
 * configuration.
 */
export const writeLocked: Rules = {
  ...online,
  barrier: "write-lock",
  clientsConfirm: true,
  waitsForClients: true,
  collectsFromLocked: true
}
