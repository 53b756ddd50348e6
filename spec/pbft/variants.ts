/**
 * The mutants of PBFT: each removes one load-bearing step. `primary-not-checked` and
 * `proposal-not-needed` count as correct here: the proposer matters only for progress, as long as a
 * replica accepts one request per view.
 */
import type { Variant } from "../kernel/protocol.ts"
import { correct, type Rules, withProofs } from "./rules.ts"

const isOneShort = (replicas: number, faulty: number): boolean => replicas >= 2 * faulty

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "Practical Byzantine fault tolerance, one slot.",
    rules: correct
  },
  {
    name: "with-proofs",
    kind: "correct",
    about:
      "A replica passes on what proves its claim, and the primary of a new view the claims that it follows: so it runs.",
    rules: withProofs
  },
  {
    name: "primary-not-checked",
    kind: "correct",
    about:
      "Backups accept a proposal from any replica. This costs progress, not agreement: each replica accepts one request per view.",
    rules: { ...correct, checksPrimary: false }
  },
  {
    name: "proposal-not-needed",
    kind: "correct",
    about:
      "A proposal is prepared with any 2f+1 votes, with or without the primary's. This costs nothing: correct replicas vote for what the primary has proposed.",
    rules: { ...correct, needsProposal: false }
  },
  {
    name: "prepared-one-short",
    kind: "mutant",
    about: "A proposal is prepared with 2f votes, including the primary's.",
    rules: { ...correct, prepares: isOneShort }
  },
  {
    name: "commits-not-waited-for",
    kind: "mutant",
    about: "A replica decides as soon as it has prepared.",
    rules: { ...correct, commits: () => true }
  },
  {
    name: "commits-one-short",
    kind: "mutant",
    about: "A replica decides with 2f commits.",
    rules: { ...correct, commits: isOneShort }
  },
  {
    name: "accepts-two",
    kind: "mutant",
    about: "A replica accepts more than one proposal in a view.",
    rules: { ...correct, acceptsAfter: () => true }
  },
  {
    name: "no-certificates",
    kind: "mutant",
    about: "A view change carries no prepared proposal.",
    rules: { ...correct, claims: () => null }
  },
  {
    name: "certificates-not-proved",
    kind: "mutant",
    about: "Replicas believe a claim of a prepared proposal without proof.",
    rules: { ...correct, checksClaims: false }
  },
  {
    name: "acts-in-old-view",
    kind: "mutant",
    about: "A replica still commits in a view after it has moved to the next.",
    rules: {
      ...correct,
      leavesView: false,
      acceptsAfter: (accepted, view) => accepted === null || accepted.view < view
    }
  },
  {
    name: "first-prepared-claimed",
    kind: "mutant",
    about: "A view change carries the first prepared proposal, not the last.",
    rules: { ...correct, remembers: (before, prepared) => before ?? prepared }
  },
  {
    name: "earliest-claim-followed",
    kind: "mutant",
    about: "A new view follows the claim of the earliest view, not of the latest.",
    rules: { ...correct, mayFollow: (followed, claimed) => followed <= claimed }
  },
  {
    name: "new-view-one-short",
    kind: "mutant",
    about: "A new view begins with the view changes of 2f replicas.",
    rules: { ...correct, begins: isOneShort }
  },
  {
    name: "new-view-not-justified",
    kind: "mutant",
    about: "The primary of a new view proposes any request, and backups accept it.",
    rules: { ...correct, followsClaims: false, checksNewView: false }
  },
  {
    name: "new-view-not-checked",
    kind: "mutant",
    about: "Backups accept any proposal of the primary of a new view, which may lie.",
    rules: { ...correct, checksNewView: false }
  }
]
