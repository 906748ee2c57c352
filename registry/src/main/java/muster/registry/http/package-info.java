/**
 * Consul's HTTP API: requests into queries and commands, answers into JSON. One handler class for each family, one visible
 * list of routes ({@link muster.registry.http.ConsulRoutes}). Not pure; called by the program that opens the listener.
 */
package muster.registry.http;
