/**
 * What has to change so that a job's allocations become what the job asks for: place, stop, update, migrate, wait.
 * Pure: time and ids are arguments. Called by the {@code plan} package.
 */
package muster.scheduler.reconcile;
