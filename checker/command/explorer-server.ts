/**
 * The server behind `quorate explore`.
 */
import { createServer, type Server } from "node:http"

/**
 * The page's server. Pages of other sites must not read it through a name of theirs that resolves
 * to this machine, so every request must name this machine as its host.
 */
export const serverOf = (page: string): Server =>
  createServer((request, response) => {
    const answer = (status: number, body: string, type = "text/plain") => {
      response.writeHead(status, {
        "content-type": `${type}; charset=utf-8`,
        "content-length": Buffer.byteLength(body),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "content-security-policy": "frame-ancestors 'none'"
      })
      response.end(request.method === "HEAD" ? undefined : body)
    }
    const { method, url = "" } = request
    if (!isThisMachine(request.headers.host ?? ""))
      answer(403, "This page is served to its own machine only.\n")
    else if (method !== "GET" && method !== "HEAD")
      answer(405, "Only GET and HEAD are supported.\n")
    else if (!/^\/(?:index\.html)?(?:\?.*)?$/.test(url))
      answer(404, "There is only one page, at /.\n")
    else answer(200, page, "text/html")
  })

const isThisMachine = (name: string): boolean =>
  /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i.test(name)
