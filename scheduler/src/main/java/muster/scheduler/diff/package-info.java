/**
 * What changes between two versions of a job, and what each change would force. Pure. Called by the scheduler's plan and
 * version endpoints; the commands print what it returns.
 */
package muster.scheduler.diff;
