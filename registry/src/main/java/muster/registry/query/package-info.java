/**
 * Reads of the state as values that know what they read, and the one loop in which readers wait for a newer answer.
 * {@link StateQuery} and {@link Reads} are pure. Called by the HTTP edge, the agent and the in-process client.
 */
package muster.registry.query;
