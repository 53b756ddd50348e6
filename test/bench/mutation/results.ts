/**
 * What became of mutants, kept in a file as they are judged: one a line. A mutant is known by its
 * whole text, so what has changed since is judged again. (Changed tests judge nothing again: begin
 * a new file.)
 */
import { createHash } from "node:crypto"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import type { Mutant } from "./mutants.ts"

/** What became of a mutant. */
export type Outcome =
  | { readonly _tag: "Killed"; readonly by: "scenario" | "test"; readonly what: string }
  | { readonly _tag: "Equivalent"; readonly because: string }
  | { readonly _tag: "Survived" }
  | { readonly _tag: "Undecided"; readonly why: string }

const keyOf = ({ file, text }: Mutant): string =>
  createHash("sha256").update(`${file}\n${text}`).digest("hex").slice(0, 20)

export class Results {
  private readonly file: string | undefined
  private readonly known = new Map<string, Outcome>()

  constructor(file: string | undefined) {
    this.file = file
    if (file === undefined || !existsSync(file)) return
    for (const line of readFileSync(file, "utf8").split("\n")) {
      // The last line may be half a line, if the run was interrupted as it was written.
      if (!line.endsWith("}")) continue
      const { key, outcome } = JSON.parse(line)
      this.known.set(key, outcome)
    }
  }

  of(mutant: Mutant): Outcome | undefined {
    return this.known.get(keyOf(mutant))
  }

  add(mutant: Mutant, outcome: Outcome): void {
    if (this.file === undefined) return
    const { file, line, was, becomes } = mutant
    const entry = { key: keyOf(mutant), file, line, was, becomes, outcome }
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`)
  }
}
