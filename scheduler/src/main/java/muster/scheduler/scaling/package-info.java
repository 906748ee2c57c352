/**
 * By which rules a group's count follows what is measured of its instances.
 * Pure: measurements and time are arguments. Called by the {@code broker} package's autoscaler.
 */
package muster.scheduler.scaling;
