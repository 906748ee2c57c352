/**
 * Other people's client libraries against a running agent, each walked through what its users do. Starts processes; tests alone.
 */
package muster.clients;
