/**
 * The agents and servers around this one, as the registry shows and reconciles them, and the questions that agents put to servers.
 * {@link muster.registry.cluster.MemberDuties} is pure, the rest is not. Called by the API, the local agent and the process.
 */
package muster.registry.cluster;
