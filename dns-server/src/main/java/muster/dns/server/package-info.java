/**
 * Sockets: questions in, answers out, over UDP and TCP, and questions passed on to recursors. A virtual thread for each
 * question and each connection. Called by whoever wires a program.
 */
package muster.dns.server;
