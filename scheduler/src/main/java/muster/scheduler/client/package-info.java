/**
 * The client side of the scheduler: runs the allocations of one node. Not pure.
 * Talks to the server through {@link muster.scheduler.client.ServerApi} alone; started by the agent.
 */
package muster.scheduler.client;
