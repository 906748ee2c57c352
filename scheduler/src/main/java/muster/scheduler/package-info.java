/**
 * The server side of the scheduler as one object: attached to a log, started, stopped. Not pure; built by the agent.
 */
package muster.scheduler;
