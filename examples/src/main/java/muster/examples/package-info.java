/**
 * The small servers that the tutorials run, and the demo that walks through the tutorials as a user would. Each server is a
 * program of its own and uses nothing of the rest; the demo knows the other parts only by their commands, HTTP and DNS. Not
 * pure. Called by the launcher and the end-to-end tests.
 */
package muster.examples;
