import { InviteMeError, type Clock, type InviteMe } from '@invite-me/core'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'

const audience = 'invite-me:recipient'
/** How far the clocks of two servers may differ. */
const clockSkewSeconds = 5
/** Longest life of a token; it cannot be taken back, so it must end by itself. */
export const maxRecipientTokenMs = 24 * 3_600_000

const claimsSchema = z.object({
  sub: z.string().min(1).max(200),
  exp: z.number(),
  topics: z.array(z.string().min(1).max(200)).max(100).default([]),
})

/** What a token lets somebody do: look after one person's inbox and follow their topics. */
export interface RecipientClaims {
  /** The person's externalId, which is their address in the inbox. */
  readonly sub: string
  /** Topics beside `user:{sub}` they may follow. */
  readonly topics: readonly string[]
  readonly expiresAt: Date
}

/** Short-lived tokens for people's own browsers: JWT with HS256 (RFC 7519), signed with a secret of the workspace. */
export class RecipientTokens {
  readonly #inviteMe: Pick<InviteMe, 'secret'>
  readonly #clock: Pick<Clock, 'now'>
  #secret: Promise<Uint8Array> | undefined

  constructor(inviteMe: Pick<InviteMe, 'secret'>, clock: Pick<Clock, 'now'>) {
    this.#inviteMe = inviteMe
    this.#clock = clock
  }

  /**
   * Makes a token for a person.
   *
   * @param lifeMs 1 s to {@link maxRecipientTokenMs}; default one hour
   * @throws InviteMeError `REQUEST_INVALID` naming `expiresIn`
   */
  async make(
    sub: string,
    {
      lifeMs = 3_600_000,
      topics = [],
    }: { readonly lifeMs?: number; readonly topics?: readonly string[] } = {},
  ): Promise<{ readonly token: string; readonly expiresAt: Date }> {
    if (!(lifeMs >= 1_000 && lifeMs <= maxRecipientTokenMs))
      throw new InviteMeError(
        'REQUEST_INVALID',
        '"expiresIn" is wrong: a token lives 1 second to 24 hours.',
        {
          field: 'expiresIn',
        },
      )
    const now = Math.floor(this.#clock.now() / 1_000)
    const exp = now + Math.floor(lifeMs / 1_000)
    const token = await new SignJWT(topics.length === 0 ? {} : { topics: [...topics] })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(sub)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(exp)
      .sign(await this.#key())
    return { token, expiresAt: new Date(exp * 1_000) }
  }

  /** What a token says; `undefined` when it is not ours, is over, or is something else altogether. */
  async verify(token: string): Promise<RecipientClaims | undefined> {
    const key = await this.#key()
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        audience,
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(this.#clock.now()),
        clockTolerance: clockSkewSeconds,
      })
      const { sub, topics, exp } = claimsSchema.parse(payload)
      return { sub, topics, expiresAt: new Date(exp * 1_000) }
    } catch {
      return undefined
    }
  }

  /** The same in every process of the workspace; read once, and again after a failure. */
  #key(): Promise<Uint8Array> {
    this.#secret ??= this.#inviteMe.secret('recipient-token').catch((error: unknown) => {
      this.#secret = undefined
      throw error
    })
    return this.#secret
  }
}
