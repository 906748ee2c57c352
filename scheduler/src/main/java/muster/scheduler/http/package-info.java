/**
 * The server's HTTP API as Nomad's: decodes a call, asks the state or commits a command, encodes the answer. Not pure.
 * Built by the agent from a {@code SchedulerServer}; the client's own paths come from the client.
 */
package muster.scheduler.http;
