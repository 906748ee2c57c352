/**
 * How a task is run: the seam {@link muster.scheduler.driver.Driver} and its siblings, processes, their logs and their
 * use of the machine. Not pure: starts processes, reads {@code /proc}. Called by {@code muster.scheduler.client} alone.
 */
package muster.scheduler.driver;
