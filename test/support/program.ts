/** The start of the program that tests run: the one that was built for them, or what PR_PROGRAM names. */
export const program = process.env['PR_PROGRAM']!
