/**
 * The registry for the parts of the same process: {@link muster.registry.client.RegistryClient} on the state itself, and the
 * local agent's way to the catalog. Reads never wait; watches are pushed. Called by the process's wiring.
 */
package muster.registry.local;
