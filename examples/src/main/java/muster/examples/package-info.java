/**
 * The small servers that the tutorials run, and the demo that walks through them. Each server is a program of its own and uses
 * nothing of the rest.
 */
package muster.examples;
