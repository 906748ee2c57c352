/**
 * From an evaluation and a snapshot to a plan, and from a plan to what of it may be committed.
 * Pure. Called by the {@code broker} package's workers and by the plan endpoint of the API.
 */
package muster.scheduler.plan;
