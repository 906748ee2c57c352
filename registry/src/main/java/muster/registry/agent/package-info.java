/**
 * The local agent: what is registered with it, its checks, and the push of both to the catalog. {@code LocalState},
 * {@code Differences} and {@code Definitions} are pure; {@code LocalAgent} is their shell and the endpoint classes its HTTP side.
 * Called by the registry's facade (wiring, routes) and by the {@code local} package.
 */
package muster.registry.agent;
