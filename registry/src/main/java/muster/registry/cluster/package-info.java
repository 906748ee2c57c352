/**
 * What the registry's servers do about the agents around them: their rows in the catalog, and the questions that servers ask each other.
 * {@link muster.registry.cluster.MemberDuties} is pure, the rest is not. Called by the process.
 */
package muster.registry.cluster;
