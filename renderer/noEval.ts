import { config } from 'zod'

// The content policy forbids code made from text, so zod is not to try. A schema settles this when it is made: this
// module is imported before any that makes one.
config({ jitless: true })
