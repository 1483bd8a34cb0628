/** What `GET /auth/whoami` answers where nobody is asked who they are. */
export const identity: Readonly<Record<string, string>> = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  email: '0123456789abcdef@example.org',
  issuedAt: '2026-11-25T12:00:00.000Z',
  expiresAt: '2026-11-25T12:05:00.000Z',
}
