/** An error of the v2 API: `application/problem+json` (RFC 9457). `errors` are what a validation found. */
export function problem(
  status: number,
  title: string,
  detail: string,
  { headers = {}, errors }: { headers?: Record<string, string>; errors?: readonly string[] } = {},
): Response {
  return Response.json(
    { title, status, detail, ...(errors && { errors }) },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )
}
