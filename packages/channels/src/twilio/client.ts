/** What is used of a client of the `twilio` package: the request all its methods are made of. */
export interface TwilioClient {
  request(options: {
    readonly method: 'get' | 'post'
    readonly uri: string
    readonly data?: object
  }): Promise<unknown>
}
