/**
 * Proofs of identity that others have signed: tokens, the keys that they are checked by, names made of what they say. Pure but for
 * {@link muster.wire.login.Fetch}, which asks other servers and blocks. Used by the registry's and the scheduler's auth methods.
 */
package muster.wire.login;
