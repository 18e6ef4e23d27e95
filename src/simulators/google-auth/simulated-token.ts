/** Seconds that Google's access tokens last, less one for the way. */
export const EXPIRES_IN = 3599

/** The answer with an access token. The token is no secret: it opens nothing. */
export function simulatedToken(): { access_token: string; expires_in: number; token_type: string } {
  return { access_token: 'simulated-access-token', expires_in: EXPIRES_IN, token_type: 'Bearer' }
}
