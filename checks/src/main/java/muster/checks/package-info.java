/**
 * Checks: what they look at, how a result moves their state, and the runners that look. The state machine
 * ({@link muster.checks.CheckState}, {@link muster.checks.Pace}) is pure; the runners open connections and start processes on virtual threads.
 * Called by the registry's agent and by the scheduler's client.
 */
package muster.checks;
