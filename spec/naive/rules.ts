/**
 * The decisions that distinguish the forms of naive reconfiguration (tutorial section 4). The paper
 * leaves several of them open; `stopTheWorld` and `writeLocked` are the readings that keep
 * atomicity.
 */

/** The barrier around the three steps: nothing, a pause of all other clients, or a write lock. */
type Barrier = "nothing" | "pause" | "write-lock"

export interface Rules {
  /**
   * A pause is "stop-the-world": no operation runs during the steps. The write lock "prevents
   * clients from writing".
   */
  readonly barrier: Barrier
  /** Whether a client confirms that it uses the new configuration. (Step 3. Not in the paper.) */
  readonly clientsConfirm: boolean
  /**
   * Whether the reconfigurer waits for these confirmations before it releases the barrier and
   * returns.
   */
  readonly waitsForClients: boolean
  /** Whether the reconfigurer collects the vt-pair from locked nodes. (Step 1.) */
  readonly collectsFromLocked: boolean
  /**
   * The number of a phase restarted in the new configuration: a new one, so that no earlier answer
   * counts.
   */
  readonly numberAgain: (begun: number) => number
  /**
   * Whether answers commute: their order makes no difference. It follows from the other rules; the
   * checker relies on it.
   */
  readonly answersCommute: boolean
}

/** Only the three steps. */
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
 * Storage nodes stay locked until all other clients have confirmed that they use the new
 * configuration.
 */
export const writeLocked: Rules = {
  ...online,
  barrier: "write-lock",
  clientsConfirm: true,
  waitsForClients: true,
  collectsFromLocked: true
}
