/**
 * A world of its own for whole clusters in one thread: time, a network that loses and reorders, disks that forget. Everything
 * that happens follows from the seed. Not thread-safe; for tests.
 */
package muster.testkit.simulation;
