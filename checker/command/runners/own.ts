/**
 * Runners that the command starts itself, on this machine, for one search. They end with it.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { RunnerLost } from "./fleet.ts"
import type { Place } from "./link.ts"
import { placeOf, secretVariable } from "./place.ts"

export const listening = "listening on "

export class OwnRunners {
  readonly secret = randomBytes(32).toString("base64")
  private readonly running: Array<ChildProcess> = []

  /** Starts this many runners; the command begins with `entry`. */
  start(entry: URL, count: number): Promise<ReadonlyArray<Place>> {
    return Promise.all(Array.from({ length: count }, () => this.startOne(entry)))
  }

  private startOne(entry: URL): Promise<Place> {
    const command = [...process.execArgv, fileURLToPath(entry), "runner", "--listen", "127.0.0.1:0"]
    const child = spawn(process.execPath, command, {
      env: { ...process.env, [secretVariable]: this.secret },
      // The channel tells a runner when this process has ended.
      stdio: ["ignore", "pipe", "inherit", "ipc"],
      // A Ctrl-C must not reach the runners: what is known so far is asked of them.
      detached: true
    })
    this.running.push(child)
    return new Promise((resolve, reject) => {
      const fail = (reason: string) =>
        reject(new RunnerLost({ runner: `process ${child.pid}`, reason }))
      child.once("error", (error) => fail(error.message))
      child.once("exit", (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}`))
      createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).once(
        "line",
        (line) => {
          const place = placeOf(line.slice(listening.length))
          if (Result.isSuccess(place)) resolve(place.success)
          else fail(`it said "${line}"`)
        }
      )
    })
  }

  stop(): void {
    for (const child of this.running) child.kill("SIGKILL")
  }
}
