/**
 * Which node takes an instance of a group, with which ports, and why the others do not: feasibility, fit, ranking.
 * Pure: randomness is an argument. Called by the {@code plan} package.
 */
package muster.scheduler.placement;
