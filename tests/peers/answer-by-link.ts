/**
 * The address of the answer page in a raw mail, without a chosen answer.
 *
 * @throws Error when the mail holds none
 */
export function answerLinkIn(raw: string): string {
  // Quoted-printable breaks long lines with "=" and writes "=" as "=3D" (RFC 2045 §6.7).
  const text = raw.replace(/=\r?\n/g, '').replaceAll('=3D', '=')
  const link = /https?:\/\/[^\s"<>?]+\/r\/[0-9a-z]{26}/.exec(text)?.[0]
  if (link === undefined) throw new Error('This mail holds no answer link.')
  return link
}

/**
 * Opens an answer page as a browser without scripts does, fills in its form and presses the button.
 *
 * @param fields what the person chooses or writes: `{ answer: 'yes' }`
 * @returns the page shown afterwards
 */
export async function answerByLink(
  link: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  const signal = AbortSignal.timeout(10_000)
  const page = await (await fetch(link, { signal })).text()
  const nonce = /name="invite-me-nonce" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const body = new URLSearchParams({ 'invite-me-nonce': nonce, ...fields })
  const answered = await fetch(link, { method: 'POST', body, signal })
  return { status: answered.status, text: await answered.text() }
}
