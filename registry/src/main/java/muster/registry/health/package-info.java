/**
 * Checks: what they look at, how a result moves their state, and the runners that look. The state machine
 * ({@link muster.registry.health.CheckState}, {@link muster.registry.health.Pace}) is pure; the runners open connections and start processes on virtual threads.
 * Called by the agent package only.
 */
package muster.registry.health;
