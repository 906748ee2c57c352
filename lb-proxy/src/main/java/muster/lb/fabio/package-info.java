/**
 * The Fabio dialect: configuration, the decision for a request, headers, API and pages. Configuration, decision and headers are
 * pure apart from turn counters; the balancer is the shell. Called by the agent.
 */
package muster.lb.fabio;
