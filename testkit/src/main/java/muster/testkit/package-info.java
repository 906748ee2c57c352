/**
 * What tests of all modules share: a clock driven by hand, waiting on conditions, free ports, real processes, seeded randomness.
 * Not pure (processes, sockets, threads). Called from tests only; depends on nothing of the product but wire.
 */
package muster.testkit;
