/**
 * What clients saw of a system while it was disturbed, and whether one copy of the data, touched by one client at a time, could
 * have answered the same. Pure, but for {@link muster.testkit.history.History}, which many threads write. For tests only.
 */
package muster.testkit.history;
