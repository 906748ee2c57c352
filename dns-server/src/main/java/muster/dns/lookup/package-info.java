/**
 * What the registry knows about an asked name: direct reads or watched ones, and the draft of the answer. Blocks, so it runs
 * on virtual threads. Called by the server package; whoever wires a program chooses the reads.
 */
package muster.dns.lookup;
