/**
 * A job as Nomad's API has it: the records, and reading, completing and checking job files.
 * Pure. Called by every package of the scheduler and by the command line.
 */
package muster.scheduler.job;
