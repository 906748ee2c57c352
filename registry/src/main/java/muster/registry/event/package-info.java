/**
 * User events: what is fired at one agent and seen by all that it is meant for. Nothing of it is in the log; an agent keeps the newest.
 * {@link muster.registry.event.Event} is pure; {@link muster.registry.event.Events} is shared by threads. Called by {@code http} and {@code remote}.
 */
package muster.registry.event;
