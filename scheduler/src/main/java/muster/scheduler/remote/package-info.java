/**
 * Between the agents of a scheduler's cluster: nodes and the servers that they belong to, requests of the API passed on to who can
 * answer them, and how new a server's state has to be for its answers. Not pure. Called by the process.
 */
package muster.scheduler.remote;
