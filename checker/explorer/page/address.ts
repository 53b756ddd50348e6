/**
 * The address of a place: the scenario, the run and the number of steps taken, all behind the `#`,
 * which browsers never send to a server. The address of a scenario that is not shipped contains its
 * text.
 */
import { runFrom, runText } from "../step-code.ts"

export interface Address {
  readonly name: string | undefined
  /** The text of a scenario of the user's own. */
  readonly text: string | undefined
  readonly run: ReadonlyArray<string>
  readonly at: number
  /** For an infinite run: the number of steps before the repeated ones. */
  readonly loop: number | undefined
}

export const readAddress = (hash: string): Address => {
  const fields = new URLSearchParams(hash.replace(/^#/, ""))
  const run = runFrom(fields.get("run") ?? "") ?? []
  const text = fields.get("text")
  const loop = fields.get("loop") ?? ""
  return {
    name: fields.get("scenario") ?? undefined,
    text: text === null ? undefined : decoded(text),
    run,
    at: Math.max(0, Math.min(Math.floor(Number(fields.get("at") ?? run.length)) || 0, run.length)),
    loop: /^\d{1,6}$/.test(loop) ? Number(loop) : undefined
  }
}

export const writeAddress = ({ name, text, run, at, loop }: Address): string => {
  const fields = [
    ...(name === undefined ? [] : [`scenario=${encodeURIComponent(name).replaceAll("%2F", "/")}`]),
    ...(text === undefined ? [] : [`text=${encoded(text)}`]),
    ...(run.length === 0 ? [] : [`run=${runText(run)}`]),
    ...(at === run.length ? [] : [`at=${at}`]),
    ...(loop === undefined ? [] : [`loop=${loop}`])
  ]
  return `#${fields.join("&")}`
}

const encoded = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")

const decoded = (text: string): string | undefined => {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
  } catch {
    return undefined
  }
}
