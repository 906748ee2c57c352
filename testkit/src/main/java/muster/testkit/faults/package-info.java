/**
 * Real servers in real processes under faults that a seed decides: kills, stops, cuts of the network. What clients saw
 * meanwhile is checked. For tests and for {@code muster simulate}.
 */
package muster.testkit.faults;
