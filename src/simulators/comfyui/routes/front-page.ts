import { madeUp } from './made-up.ts'

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>ComfyUI</title></head>
<body><p>A simulated ComfyUI: it has the routes and the socket of a server, and not its front end.</p></body>
</html>
`

/** `GET /`: a page, by which programs see that a server is there. */
export function frontPage(): Response {
  const headers = { 'content-type': 'text/html', 'cache-control': 'no-cache', pragma: 'no-cache', expires: '0' }
  return madeUp(new Response(PAGE, { headers }))
}
