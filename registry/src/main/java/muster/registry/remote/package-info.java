/**
 * Between an agent that holds no state and the servers that answer for it: requests of the API passed on, the catalog asked and
 * changed. Not pure. Called by the process.
 */
package muster.registry.remote;
