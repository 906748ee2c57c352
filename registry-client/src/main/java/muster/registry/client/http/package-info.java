/**
 * The registry over HTTP, against any Consul-compatible agent: reads, blocking queries, writes. Paths, answers and pauses are
 * pure; the rest does I/O on virtual threads. Made by whoever wires a program; everyone else sees RegistryClient.
 */
package muster.registry.client.http;
